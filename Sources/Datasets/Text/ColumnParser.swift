import Kernels

/// Turns lines of columns into keys: Avazu, MovieLens, and any table that a schema describes.
struct ColumnParser: LineParser {
  private enum Rule {
    case category
    case number(NumberRule)
  }

  private let schema: TableSchema
  private let form: ColumnForm
  private let labels: LabelPresence
  private let reader: LabelReader
  private let rules: [Rule]

  init(schema: TableSchema, form: ColumnForm, classes: Int, labels: LabelPresence) {
    self.schema = schema
    self.form = form
    self.labels = labels
    reader = LabelReader(schema.label, classes: classes)
    rules = schema.fields.map { field in
      field.kind == .category ? .category : .number(NumberRule(field))
    }
  }

  func parse(_ block: LineBlock, into rows: ParsedRows) throws(DataError) {
    let layout = try ColumnLayout(schema, form, of: block.head, labels: labels)
    let cuts = View<ColumnCut>(count: layout.count)
    let skipped = layout.hasHeader && block.firstLine == 1 ? 1 : 0
    unsafe forEachLine(of: block, skipping: skipped, into: rows) { base, line in
      unsafe row(base, line, layout, cuts, rows)
    }
  }

  private func row(
    _ base: UnsafePointer<UInt8>, _ line: Range<Int>, _ layout: ColumnLayout,
    _ cuts: View<ColumnCut>, _ rows: ParsedRows
  ) -> LineProblem? {
    guard let count = unsafe layout.cutter.cut(base, line, into: cuts) else {
      return LineProblem(text: "a quoted value does not end before a separator or the line's end")
    }
    // Rows to predict may lack the label's column.
    let lacksLabel =
      labels == .optional && layout.label != nil && !layout.hasHeader && count == layout.count - 1
    guard count == layout.count || lacksLabel else {
      return LineProblem(text: columnCount(count, layout))
    }
    var label: UInt8 = 0
    if let place = layout.label, !lacksLabel {
      let range = cuts[place].range
      if !(labels == .optional && range.isEmpty) {
        guard let found = unsafe reader.label(base, range) else {
          return LineProblem(
            field: schema.label.column, text: unsafe "'\(shown(base, range))' is \(reader.wanted)")
        }
        label = found
      }
    }
    rows.labels[rows.count] = label
    let hole = lacksLabel ? layout.label ?? .max : .max
    for field in rules.indices {
      let place = layout.fields[field]
      let cut = cuts[place > hole ? place - 1 : place]
      let key = unsafe key(field, base, cut, layout.cutter, rows)
      guard key != 0 else { return unsafe problem(field, base, cut.range) }
      rows.keys[field * rows.capacity + rows.count] = key
    }
    return nil
  }

  /// The key of a field's value; 0 if it has none.
  @inline(__always)
  private func key(
    _ field: Int, _ base: UnsafePointer<UInt8>, _ cut: ColumnCut, _ cutter: ColumnCutter,
    _ rows: ParsedRows
  ) -> UInt64 {
    let range = cut.range
    switch rules[field] {
    case .category:
      // A tab would tear the line of the vocabulary that the value stands in.
      if cutter.allowsTabs {
        for place in range where unsafe base[place] == UInt8(ascii: "\t") { return 0 }
      }
      if cut.isEscaped { return unsafe rows.key(of: cutter.bytes(base, cut)) }
      return unsafe ValueKey.category(base, at: range.lowerBound, count: range.count)
    case .number(let rule):
      if range.isEmpty { return ValueKey.null }
      return unsafe decimal(base, range).flatMap { rule.bucket($0) }.map { ValueKey.number($0) }
        ?? 0
    }
  }

  private func columnCount(_ count: Int, _ layout: ColumnLayout) -> String {
    count > layout.count
      ? "more than \(layout.count) columns" : "\(count) columns instead of \(layout.count)"
  }

  private func problem(
    _ field: Int, _ base: UnsafePointer<UInt8>, _ range: Range<Int>
  ) -> LineProblem {
    let value = unsafe shown(base, range)
    let text =
      switch rules[field] {
      case .category: "'\(value)' holds a tab"
      case .number: "'\(value)' is not a number that has a bucket"
      }
    return LineProblem(field: schema.fields[field].name, text: text)
  }
}
