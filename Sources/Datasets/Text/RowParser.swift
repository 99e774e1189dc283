import Kernels

/// Turns lines of Criteo's form, a label and fields between tabs, into keys.
///
/// The scanner touches each byte about once and takes eight hexadecimal digits in one step. A line
/// end is a line feed, or a carriage return before it.
@safe struct RowParser: LineParser {
  private let schema: TableSchema
  private let classes: Int
  private let isInteger: [Bool]
  private let buckets = NumericBuckets()
  private let tab = UInt8(ascii: "\t")
  private let lineFeed = UInt8(ascii: "\n")

  private let labels: LabelPresence

  /// Labels are 0 … `classes` − 1.
  init(schema: TableSchema, classes: Int = 2, labels: LabelPresence = .required) {
    self.schema = schema
    self.classes = classes
    self.labels = labels
    isInteger = schema.fields.map { $0.kind == .integer }
  }

  /// Parses all lines of a block; lines that are no rows are listed in `badLines`.
  func parse(_ block: LineBlock, into rows: ParsedRows) {
    rows.begin(at: block.firstLine)
    let base = unsafe UnsafePointer(block.memory.pointer)
    var place = 0
    var line = block.firstLine
    while place < block.byteCount {
      let end = unsafe row(base, from: place, into: rows)
      if end > 0 {
        rows.count += 1
        place = end
      } else {
        let feed = unsafe lineEnd(base, place)
        rows.badLines.append(unsafe explain(base, place..<feed, line: line))
        place = feed + 1
      }
      line += 1
    }
  }

  /// Parses the row at `start`; returns the place after its line feed, or 0 for a bad line.
  private func row(_ base: UnsafePointer<UInt8>, from start: Int, into rows: ParsedRows) -> Int {
    var place = start
    var label: UInt8 = 0
    if unsafe labels == .required || hasLabelColumn(base, start) {
      if let found = unsafe readLabel(base, &place) {
        label = found
      } else if labels == .required {
        return 0
      }
      guard unsafe base[place] == tab else { return 0 }
      place += 1
    }
    unsafe rows.labels.pointer[rows.count] = label
    var target = unsafe rows.keys.pointer + rows.count
    let last = isInteger.count - 1
    for field in 0...last {
      let key = unsafe isInteger[field] ? integer(base, &place) : category(base, &place)
      var end = unsafe base[place]
      // A carriage return counts only before the line feed.
      if field == last, end == UInt8(ascii: "\r"), unsafe base[place + 1] == lineFeed {
        place += 1
        end = lineFeed
      }
      guard key != 0, end == (field == last ? lineFeed : tab) else { return 0 }
      place += 1
      unsafe target.pointee = key
      unsafe target += rows.capacity
    }
    return place
  }

  /// The label at `place`, which moves behind it; nil if there is none.
  @inline(__always)
  private func readLabel(_ base: UnsafePointer<UInt8>, _ place: inout Int) -> UInt8? {
    guard classes == 2 else { return unsafe readClass(base, &place) }
    let byte = unsafe base[place]
    guard byte & 0xFE == UInt8(ascii: "0") else { return nil }
    place += 1
    return byte & 1
  }

  private func readClass(_ base: UnsafePointer<UInt8>, _ place: inout Int) -> UInt8? {
    var end = place
    var value = 0
    while end - place < 3 {
      let digit = unsafe base[end] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value * 10 + Int(digit)
      end += 1
    }
    guard end > place, value < classes else { return nil }
    place = end
    return UInt8(value)
  }

  /// Rows to predict may lack the label column; only the number of columns tells, for a first
  /// field can look like a label.
  private func hasLabelColumn(_ base: UnsafePointer<UInt8>, _ start: Int) -> Bool {
    let feed = unsafe lineEnd(base, start)
    var tabs = 0
    for place in start..<feed where unsafe base[place] == tab { tabs += 1 }
    return tabs != schema.fieldCount - 1
  }

  /// The key of the integer at `place`, which moves behind it; 0 if it is none.
  @inline(__always)
  private func integer(_ base: UnsafePointer<UInt8>, _ place: inout Int) -> UInt64 {
    var byte = unsafe base[place]
    if byte == tab || byte == lineFeed || byte == UInt8(ascii: "\r") { return ValueKey.null }
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative { place += 1 }
    let start = place
    var value = 0
    byte = unsafe base[place] &- UInt8(ascii: "0")
    while byte < 10 && place - start < 16 {
      value = value * 10 + Int(byte)
      place += 1
      byte = unsafe base[place] &- UInt8(ascii: "0")
    }
    guard place > start else { return 0 }
    return ValueKey.number(buckets.token(isNegative ? -value : value))
  }

  /// The key of the text at `place`, which moves behind it.
  @inline(__always)
  private func category(_ base: UnsafePointer<UInt8>, _ place: inout Int) -> UInt64 {
    let word = unsafe UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
    let end = unsafe base[place + 8]
    if end == tab || end == lineFeed, let number = ValueKey.hexadecimal(word) {
      place += 8
      return 0x08 << 56 | UInt64(number)
    }
    return unsafe otherCategory(base, &place)
  }

  @inline(never)
  private func otherCategory(_ base: UnsafePointer<UInt8>, _ place: inout Int) -> UInt64 {
    let start = place
    while unsafe base[place] != tab, unsafe base[place] != lineFeed { place += 1 }
    if place > start, unsafe base[place] == lineFeed, unsafe base[place - 1] == UInt8(ascii: "\r") {
      place -= 1
    }
    return unsafe ValueKey.category(base, at: start, count: place - start)
  }

  /// Says what is wrong with a line that `row` refused.
  private func explain(
    _ base: UnsafePointer<UInt8>, _ range: Range<Int>, line: Int
  ) -> BadLine {
    var text = unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    func bad(_ field: String?, _ problem: String) -> BadLine {
      BadLine(line: line, field: field, problem: problem, text: text)
    }
    if text.isEmpty { return bad(nil, "the line is empty") }
    let columns = text.split(separator: tab, omittingEmptySubsequences: false)
    let expected = schema.fieldCount + 1
    let lacksLabel = labels == .optional && columns.count == schema.fieldCount
    guard columns.count == expected || lacksLabel else {
      return bad(nil, "\(columns.count) columns instead of \(expected)")
    }
    guard lacksLabel || isLabel(columns[0]) || labels == .optional && columns[0].isEmpty else {
      let wanted = classes == 2 ? "neither 0 nor 1" : "no class from 0 to \(classes - 1)"
      return bad("label", "'\(shown(columns[0]))' is \(wanted)")
    }
    for (field, column) in zip(schema.fields, columns.dropFirst(lacksLabel ? 0 : 1))
    where field.kind == .integer && !Self.isInteger(column) {
      return bad(field.name, "'\(shown(column))' is not an integer of at most 16 digits")
    }
    return bad(nil, "the line is not a row")
  }

  private func isLabel(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard (1...(classes == 2 ? 1 : 3)).contains(bytes.count),
      bytes.allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) } < classes
  }

  private static func isInteger(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    if bytes.isEmpty { return true }
    return (1...16).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}
