import Kernels
import TestSupport

@testable import Datasets

/// Rows from text, without files.
enum TextBlock {
  /// A block that is all of a file.
  static func of(_ text: some Collection<UInt8>) -> LineBlock {
    var bytes = Array(text)
    if bytes.last != 0x0A { bytes.append(0x0A) }
    let block = LineBlock(capacity: bytes.count)
    for (place, byte) in bytes.enumerated() { block.memory[place] = byte }
    block.byteCount = bytes.count
    var first = Array(bytes.prefix { $0 != 0x0A })
    if first.last == 0x0D { first.removeLast() }
    block.head = FileHead(name: "rows.txt", line: first)
    return block
  }

  /// The rows of a text.
  static func parse(
    _ text: String, _ schema: TableSchema, classes: Int = 2, labels: LabelPresence = .required
  ) throws -> Rows {
    let block = of(text.utf8)
    let rows = ParsedRows(
      columnCount: schema.idColumns.count, byteCount: block.byteCount * schema.idColumns.count)
    try schema.parser(classes: classes, labels: labels).parse(block, into: rows)
    return Rows(
      labels: rows.labels.slice(0, rows.count).array.map(Int.init),
      tokens: (0..<rows.count).map { row in
        (0..<schema.idColumns.count).compactMap { column in
          let key = rows.column(column)[row]
          return key == 0
            ? nil
            : String(
              decoding: ValueKey.text(key) ?? rows.bytes(of: key, in: block), as: UTF8.self)
        }
      }, bad: rows.badLines.map { "\($0.line): \($0.field.map { "\($0): " } ?? "")\($0.problem)" })
  }

  /// What a text holds.
  struct Rows: Equatable {
    var labels: [Int]
    var tokens: [[String]]
    var bad: [String]
  }

  /// Damaged forms of a good text: none crashes, and each line is a row or a bad line.
  static func expectNoCrash(
    _ text: String, _ schema: TableSchema, classes: Int, trials: Int
  ) -> Bool {
    let good = Array(text.utf8)
    for trial in 0..<trials {
      let block = of(mutate(good, trial: trial))
      let lines = unsafe lineFeeds(UnsafePointer(block.memory.pointer), block.byteCount)
      for labels in [LabelPresence.required, .optional] {
        let rows = ParsedRows(
          columnCount: schema.idColumns.count, byteCount: lines * schema.idColumns.count)
        guard (try? schema.parser(classes: classes, labels: labels).parse(block, into: rows)) != nil
        else { continue }
        let header = rows.firstLine - 1
        guard rows.count + rows.badLines.count == lines - header else { return false }
        for start in schema.idColumns.starts {
          for row in 0..<rows.count where rows.column(start)[row] == 0 { return false }
        }
        guard (0..<rows.count).allSatisfy({ rows.labels[$0] < UInt8(classes) }) else {
          return false
        }
      }
    }
    return true
  }
}
