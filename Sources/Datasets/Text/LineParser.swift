import Kernels

/// Turns the lines of a block into rows of keys.
protocol LineParser: Sendable {
  /// Parses all lines; those that are no rows are listed in `badLines`. Throws for a file whose
  /// first line does not name its columns as it must.
  func parse(_ block: LineBlock, into rows: ParsedRows) throws(DataError)
}

/// A line that is no row, and why.
struct BadLine: Sendable {
  /// Number in its file, from 1.
  var line: Int
  /// The field that is wrong, if it is one field.
  var field: String?
  /// What is wrong.
  var problem: String
  /// The line's bytes without its end.
  var text: [UInt8]

  /// The field, if it is one, and what is wrong.
  var sentence: String { (field.map { "field \($0): " } ?? "") + problem }
}

/// Why a line is no row, before its place is known.
struct LineProblem {
  /// The field that is wrong, if it is one field.
  var field: String?
  /// What is wrong.
  var text: String
}

/// The rows of one block as columns of keys, in reused memory.
@safe final class ParsedRows {
  /// Key of column c in row r at c · capacity + r; 0 behind the end of a list.
  let keys: View<UInt64>
  let labels: View<UInt8>
  let capacity: Int
  var count = 0
  var badLines: [BadLine] = []
  /// How many lists had more values than are taken.
  var cutLists = 0
  /// The number of the first line that is a row or a bad line.
  private(set) var firstLine = 1
  /// Long values that do not lie in the block as they are.
  private var text: [UInt8] = []

  /// Reserves room for the rows of a block of `byteCount` bytes.
  init(columnCount: Int, byteCount: Int) {
    capacity = Self.capacity(columnCount: columnCount, byteCount: byteCount)
    keys = View(count: capacity * columnCount)
    labels = View(count: capacity)
  }

  /// For how many rows there is room; a block has no more lines. Rows of columns have a separator
  /// or line end for each field, so only short lists, and lines that list little, are cut by it.
  static func capacity(columnCount: Int, byteCount: Int) -> Int { byteCount / columnCount + 1 }

  func column(_ column: Int) -> View<UInt64> { keys.slice(column * capacity, count) }

  /// Forgets everything; lines are counted from `firstLine` on.
  func begin(at firstLine: Int) {
    count = 0
    cutLists = 0
    badLines.removeAll()
    text.removeAll(keepingCapacity: true)
    self.firstLine = firstLine
  }

  /// The key of a categorical value that does not lie in the block.
  func key(of bytes: [UInt8]) -> UInt64 {
    if let key = ValueKey.category(bytes) { return key }
    defer { text += bytes }
    return ValueKey.composed(offset: text.count, length: bytes.count)
  }

  /// Whether two keys are of the same value.
  func isSame(_ key: UInt64, _ other: UInt64, in block: LineBlock) -> Bool {
    if key == other { return true }
    guard ValueKey.isLong(key), ValueKey.isLong(other) else { return false }
    return ValueKey.longRange(key).count == ValueKey.longRange(other).count
      && bytes(of: key, in: block) == bytes(of: other, in: block)
  }

  /// The bytes of a long value; `block` is the one that was parsed.
  func bytes(of key: UInt64, in block: LineBlock) -> [UInt8] {
    let range = ValueKey.longRange(key)
    if ValueKey.isComposed(key) { return Array(text[range]) }
    return block.memory.slice(range.lowerBound, range.count).array
  }
}

/// The place of the next line feed from `start` on; a block ends with one.
@inline(__always)
func lineEnd(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
  var place = start
  while unsafe base[place] != UInt8(ascii: "\n") { place += 1 }
  return place
}

extension LineParser {
  /// Calls `row` for each line from the block's line `skipped` on, with the line's range without
  /// its end; what is a problem becomes a bad line, what is none a row.
  func forEachLine(
    of block: LineBlock, skipping skipped: Int, into rows: ParsedRows,
    row: (UnsafePointer<UInt8>, Range<Int>) -> LineProblem?
  ) {
    let base = unsafe UnsafePointer(block.memory.pointer)
    rows.begin(at: block.firstLine + skipped)
    var line = block.firstLine
    var place = 0
    while place < block.byteCount {
      let feed = unsafe lineEnd(base, place)
      if line >= rows.firstLine {
        precondition(rows.count < rows.capacity, "a block has more lines than rows have room")
        var end = feed
        if end > place, unsafe base[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let problem =
          end == place
          ? LineProblem(text: "the line is empty") : unsafe row(base, place..<end)
        if let problem {
          let text = unsafe Array(UnsafeBufferPointer(start: base + place, count: end - place))
          rows.badLines.append(
            BadLine(line: line, field: problem.field, problem: problem.text, text: text))
        } else {
          rows.count += 1
        }
      }
      line += 1
      place = feed + 1
    }
  }
}

/// A value shortened for a message.
func shown(_ bytes: some Collection<UInt8>) -> String {
  let text = String(decoding: bytes.prefix(40), as: UTF8.self)
  return bytes.count > 40 ? text + "…" : text
}

/// A value of a line, shortened for a message.
func shown(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
  unsafe shown(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
}
