import Kernels

/// Where the columns of one file are: which separator it has, and the place of the label and of
/// each field among its columns. Found from the first line of the file.
struct ColumnLayout: Equatable {
  let cutter: ColumnCutter
  /// Whether the first line names the columns.
  let hasHeader: Bool
  /// How many columns a line has.
  let count: Int
  /// The place of the label; nil where rows to predict lack it.
  let label: Int?
  /// The place of each field.
  let fields: [Int]

  /// Throws `.malformed` naming the file's first line where it does not name a wanted column.
  init(
    _ schema: TableSchema, _ form: ColumnForm, of head: FileHead, labels: LabelPresence
  ) throws(DataError) {
    let cutter = ColumnCutter(form, firstLine: head.line)
    self.cutter = cutter
    let wanted = schema.fields.map { $0.column ?? $0.name }
    var names = form.names
    var hasHeader = false
    if form.header != .absent {
      guard let found = cutter.names(head.line) else {
        throw Self.failure(head, "a quoted name does not end in the header")
      }
      hasHeader =
        form.header == .present || found.contains(schema.label.column)
        || Set(wanted).isSubset(of: found)
      if hasHeader { names = found }
    }
    self.hasHeader = hasHeader
    count = names.count
    let places = Dictionary(grouping: names.indices) { names[$0] }
    for name in wanted + [schema.label.column] where places[name]?.count ?? 0 > 1 {
      throw Self.failure(head, "the header has the column '\(name)' twice")
    }
    let label = places[schema.label.column]?.first
    if label == nil && labels == .required {
      throw Self.failure(head, "the header has no column '\(schema.label.column)'")
    }
    self.label = label
    fields = try wanted.map { name throws(DataError) in
      guard let place = places[name]?.first else {
        throw Self.failure(head, "the header has no column '\(name)'")
      }
      return place
    }
  }

  private static func failure(_ head: FileHead, _ problem: String) -> DataError {
    DataError(
      .malformed, "read columns", at: "\(head.name):1", problem,
      remedy: "check that the file has this form and begins with the names of its columns")
  }
}

/// One column of a line.
struct ColumnCut: BitwiseCopyable {
  var start: Int32 = 0
  var end: Int32 = 0
  /// Whether double quotes inside are doubled.
  var isEscaped = false

  var range: Range<Int> { Int(start)..<Int(end) }
}

/// Cuts lines into columns.
struct ColumnCutter: Equatable {
  private let separator: [UInt8]
  private let isQuoted: Bool
  private let quote = UInt8(ascii: "\"")

  /// Takes the first separator of the form that is in the file's first line.
  init(_ form: ColumnForm, firstLine: [UInt8]) {
    let candidates = form.separators.map { Array($0.utf8) }
    separator =
      candidates.first { Self.occurs($0, in: firstLine) } ?? candidates.last ?? [0x2C]
    isQuoted = form.quoted
  }

  private static func occurs(_ separator: [UInt8], in line: [UInt8]) -> Bool {
    line.indices.contains { line[$0...].starts(with: separator) }
  }

  /// Whether a value can hold a tab.
  var allowsTabs: Bool { separator != [UInt8(ascii: "\t")] }

  /// Writes the columns of a line to `cuts`; returns how many there are, one more than there is
  /// room for if there are too many, or nil for a quote that does not end.
  func cut(
    _ base: UnsafePointer<UInt8>, _ line: Range<Int>, into cuts: View<ColumnCut>
  ) -> Int? {
    var place = line.lowerBound
    var count = 0
    while count < cuts.count {
      var cut = ColumnCut()
      if isQuoted, place < line.upperBound, unsafe base[place] == quote {
        guard let closed = unsafe closing(base, place + 1..<line.upperBound, &cut.isEscaped)
        else { return nil }
        (cut.start, cut.end) = (Int32(place + 1), Int32(closed))
        place = closed + 1
        guard unsafe place == line.upperBound || separates(base, place, line.upperBound)
        else { return nil }
      } else {
        cut.start = Int32(place)
        while place < line.upperBound, unsafe !separates(base, place, line.upperBound) {
          place += 1
        }
        cut.end = Int32(place)
      }
      cuts[count] = cut
      count += 1
      if place == line.upperBound { return count }
      place += separator.count
    }
    return count + 1
  }

  @inline(__always)
  private func separates(_ base: UnsafePointer<UInt8>, _ place: Int, _ end: Int) -> Bool {
    guard unsafe base[place] == separator[0] else { return false }
    guard separator.count > 1 else { return true }
    guard place + separator.count <= end else { return false }
    for offset in 1..<separator.count where unsafe base[place + offset] != separator[offset] {
      return false
    }
    return true
  }

  /// The place of the quote that ends a value.
  private func closing(
    _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ isEscaped: inout Bool
  ) -> Int? {
    var place = range.lowerBound
    while place < range.upperBound {
      if unsafe base[place] == quote {
        guard place + 1 < range.upperBound, unsafe base[place + 1] == quote else { return place }
        isEscaped = true
        place += 1
      }
      place += 1
    }
    return nil
  }

  /// The bytes of a column; doubled quotes become single ones.
  func bytes(_ base: UnsafePointer<UInt8>, _ cut: ColumnCut) -> [UInt8] {
    var result: [UInt8] = []
    var place = Int(cut.start)
    while place < Int(cut.end) {
      unsafe result.append(base[place])
      if cut.isEscaped, unsafe base[place] == quote { place += 1 }
      place += 1
    }
    return result
  }

  /// The names that a header holds, without the mark that some programs begin a file with; nil for
  /// a quote that does not end.
  func names(_ line: [UInt8]) -> [String]? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = Array(line.starts(with: mark) ? line.dropFirst(3) : line[...])
    let cuts = View<ColumnCut>(count: text.count + 1)
    return unsafe (text + [0]).withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      guard let count = unsafe cut(base, 0..<text.count, into: cuts) else { return nil }
      var names: [String] = []
      for column in 0..<count {
        names.append(unsafe String(decoding: bytes(base, cuts[column]), as: UTF8.self))
      }
      return names
    }
  }
}
