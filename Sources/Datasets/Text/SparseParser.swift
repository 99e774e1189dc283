import Kernels

/// Turns lines of libsvm's and libffm's form into keys: a label, then entries between spaces or
/// tabs; what follows a `#` is a comment. A field that a line does not list has an empty value.
struct SparseParser: LineParser {
  private let schema: TableSchema
  private let form: SparseForm
  private let labels: LabelPresence
  private let reader: LabelReader
  private let number: NumberRule?
  /// The empty value of each field.
  private let absent: UInt64

  init(schema: TableSchema, form: SparseForm, classes: Int, labels: LabelPresence) {
    self.schema = schema
    self.form = form
    self.labels = labels
    reader = LabelReader(schema.label, classes: classes, signed: true)
    number = form.width.map { .width($0) }
    absent = schema.fields.first?.kind == .number ? ValueKey.null : ValueKey.empty
  }

  func parse(_ block: LineBlock, into rows: ParsedRows) {
    // The last line that listed each field, from 1.
    let listed = View<Int32>(count: schema.fieldCount)
    var line: Int32 = 0
    unsafe forEachLine(of: block, skipping: 0, into: rows) { base, range in
      line += 1
      return unsafe row(base, range, line, listed, rows)
    }
  }

  private func row(
    _ base: UnsafePointer<UInt8>, _ line: Range<Int>, _ number: Int32, _ listed: View<Int32>,
    _ rows: ParsedRows
  ) -> LineProblem? {
    var place = line.lowerBound
    let first = unsafe word(base, &place, line.upperBound)
    var label: UInt8 = 0
    // Rows to predict may begin with the first entry.
    let isEntry = unsafe colon(base, first) < first.upperBound
    if labels == .required || !isEntry && !first.isEmpty {
      guard let found = unsafe reader.label(base, first) else {
        return LineProblem(
          field: schema.label.column, text: unsafe "'\(shown(base, first))' is \(reader.wanted)")
      }
      label = found
    } else {
      place = line.lowerBound
    }
    rows.labels[rows.count] = label
    for field in 0..<schema.fieldCount {
      rows.keys[field * rows.capacity + rows.count] = absent
    }
    while true {
      let entry = unsafe word(base, &place, line.upperBound)
      if entry.isEmpty { return nil }
      let problem = unsafe take(base, entry, into: rows) { field in
        defer { listed[field] = number }
        return listed[field] != number
      }
      if let problem { return problem }
    }
  }

  /// Puts the value of an entry into its field; `mark` tells whether the field is free.
  private func take(
    _ base: UnsafePointer<UInt8>, _ entry: Range<Int>, into rows: ParsedRows,
    mark: (_ field: Int) -> Bool
  ) -> LineProblem? {
    let head = unsafe entry.lowerBound..<colon(base, entry)
    guard let index = unsafe wholeNumber(base, head), index < SparseForm.limit,
      head.upperBound < entry.upperBound
    else { return unsafe malformed(base, entry) }
    var feature = head
    var value = head.upperBound + 1..<entry.upperBound
    if form.fieldAware {
      let end = unsafe colon(base, value)
      guard end > value.lowerBound, end < entry.upperBound else {
        return unsafe malformed(base, entry)
      }
      feature = value.lowerBound..<end
      value = end + 1..<entry.upperBound
    }
    guard let amount = unsafe decimal(base, value) else { return unsafe malformed(base, entry) }
    guard let field = field(of: index) else {
      return LineProblem(text: "there is no field for \(index): fields are \(fieldsInWords)")
    }
    let isOwnField = !form.fieldAware && form.starts == nil
    if amount == 0 && !isOwnField { return nil }
    guard mark(field) else {
      return LineProblem(field: schema.fields[field].name, text: "the line lists the field twice")
    }
    let key: UInt64
    if let number {
      guard let bucket = number.bucket(amount) else {
        return unsafe LineProblem(
          field: schema.fields[field].name, text: "\(shown(base, value)) has no bucket")
      }
      let bytes = unsafe Array(
        UnsafeBufferPointer(start: base + feature.lowerBound, count: feature.count))
      key =
        isOwnField
        ? ValueKey.number(bucket) : rows.key(of: bytes + Array(":\(bucket)".utf8))
    } else if isOwnField {
      key = unsafe ValueKey.category(base, at: value.lowerBound, count: value.count)
    } else {
      guard amount == 1 else {
        return LineProblem(
          field: schema.fields[field].name,
          text: unsafe "the value \(shown(base, value)) is not 1 "
            + "(--bucket-width makes buckets of values)")
      }
      key = unsafe ValueKey.category(base, at: feature.lowerBound, count: feature.count)
    }
    rows.keys[field * rows.capacity + rows.count] = key
    return nil
  }

  private func malformed(_ base: UnsafePointer<UInt8>, _ entry: Range<Int>) -> LineProblem {
    let shape = form.fieldAware ? "field:feature:value" : "index:value"
    return unsafe LineProblem(text: "'\(shown(base, entry))' is not \(shape)")
  }

  /// The field that an index or a field's number belongs to.
  private func field(of index: Int) -> Int? {
    guard let starts = form.starts else {
      let field = index - form.first
      return (0..<schema.fieldCount).contains(field) ? field : nil
    }
    let count = countNotAbove(index, in: starts)
    return count > 0 ? count - 1 : nil
  }

  private var fieldsInWords: String {
    form.starts == nil
      ? "\(form.first) to \(form.first + schema.fieldCount - 1)" : "\(form.first) and above"
  }

  /// The next word from `place` on, which moves behind it; empty at the end or before a comment.
  private func word(
    _ base: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int
  ) -> Range<Int> {
    while place < end, unsafe base[place] == 0x20 || base[place] == 0x09 { place += 1 }
    let start = place
    if place < end, unsafe base[place] == UInt8(ascii: "#") { return start..<start }
    while place < end, unsafe base[place] != 0x20 && base[place] != 0x09 { place += 1 }
    return start..<place
  }

  /// The place of the first colon in a range, or its end.
  private func colon(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
    var place = range.lowerBound
    while place < range.upperBound, unsafe base[place] != UInt8(ascii: ":") { place += 1 }
    return place
  }
}
