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
  private let lists: [ListCutter?]
  /// The first column of keys of each field.
  private let starts: [Int]

  init(schema: TableSchema, form: ColumnForm, classes: Int, labels: LabelPresence) {
    self.schema = schema
    self.form = form
    self.labels = labels
    reader = LabelReader(schema.label, classes: classes)
    rules = schema.fields.map { field in
      field.kind == .category ? .category : .number(NumberRule(field))
    }
    lists = schema.fields.map { $0.list.map { ListCutter($0) } }
    starts = schema.idColumns.starts
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
    var cutLists = 0
    for field in rules.indices {
      let place = layout.fields[field]
      let cut = cuts[place > hole ? place - 1 : place]
      if let list = lists[field] {
        if let problem = unsafe values(list, field, base, cut, layout.cutter, rows, &cutLists) {
          return problem
        }
        continue
      }
      let key = unsafe key(field, base, cut, layout.cutter, rows)
      guard key != 0 else { return unsafe problem(field, base, cut.range) }
      rows.keys[starts[field] * rows.capacity + rows.count] = key
    }
    rows.cutLists += cutLists
    return nil
  }

  /// Writes the keys of a list's values, in their order, or that of an empty value where it has
  /// none; returns why it is no list.
  private func values(
    _ list: ListCutter, _ field: Int, _ base: UnsafePointer<UInt8>, _ cut: ColumnCut,
    _ cutter: ColumnCutter, _ rows: ParsedRows, _ cutLists: inout Int
  ) -> LineProblem? {
    var found = 0
    var wrong: LineProblem?
    func put(_ key: UInt64) {
      rows.keys[(starts[field] + found) * rows.capacity + rows.count] = key
      found += 1
    }
    unsafe forValues(of: list, base, cut, cutter) { base, range in
      if found == list.maximum {
        if list.cuts {
          cutLists += 1
        } else {
          wrong = LineProblem(
            field: schema.fields[field].name,
            text: "the list has more than \(list.maximum) values")
        }
        return false
      }
      let key =
        unsafe cut.isEscaped
        ? composedKey(field, base, range, cutter, rows) : key(field, base, range, cutter)
      if key == 0 { wrong = unsafe problem(field, base, range) }
      put(key)
      return key != 0
    }
    if found == 0 { put(isCategory(field) ? ValueKey.empty : ValueKey.null) }
    while found < list.maximum { put(0) }
    return wrong
  }

  /// Calls `body` with each value of a list: where it lies or, where quotes are doubled, in a copy
  /// without them.
  private func forValues(
    of list: ListCutter, _ base: UnsafePointer<UInt8>, _ cut: ColumnCut, _ cutter: ColumnCutter,
    _ body: (UnsafePointer<UInt8>, Range<Int>) -> Bool
  ) {
    guard cut.isEscaped else {
      return unsafe list.forValues(base, cut.range) { unsafe body(base, $0) }
    }
    // What reads numbers looks at the byte behind them.
    let bytes = unsafe cutter.bytes(base, cut) + [0]
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let copy = buffer.baseAddress else { return }
      unsafe list.forValues(copy, 0..<buffer.count - 1) { unsafe body(copy, $0) }
    }
  }

  private func isCategory(_ field: Int) -> Bool {
    if case .category = rules[field] { return true }
    return false
  }

  /// The key of a value that does not lie in the block; 0 if it has none.
  private func composedKey(
    _ field: Int, _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ cutter: ColumnCutter,
    _ rows: ParsedRows
  ) -> UInt64 {
    guard isCategory(field) else { return unsafe key(field, base, range, cutter) }
    let bytes = unsafe Array(
      UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    return cutter.allowsTabs && bytes.contains(UInt8(ascii: "\t")) ? 0 : rows.key(of: bytes)
  }

  /// The key of a field's value; 0 if it has none.
  @inline(__always)
  private func key(
    _ field: Int, _ base: UnsafePointer<UInt8>, _ cut: ColumnCut, _ cutter: ColumnCutter,
    _ rows: ParsedRows
  ) -> UInt64 {
    if cut.isEscaped, isCategory(field) {
      let bytes = unsafe cutter.bytes(base, cut)
      return cutter.allowsTabs && bytes.contains(UInt8(ascii: "\t")) ? 0 : rows.key(of: bytes)
    }
    return unsafe key(field, base, cut.range, cutter)
  }

  /// The key of a value that lies in the block as it is; 0 if it has none.
  @inline(__always)
  private func key(
    _ field: Int, _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ cutter: ColumnCutter
  ) -> UInt64 {
    switch rules[field] {
    case .category:
      // A tab would tear the line of the vocabulary that the value stands in.
      if cutter.allowsTabs {
        for place in range where unsafe base[place] == UInt8(ascii: "\t") { return 0 }
      }
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
