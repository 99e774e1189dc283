import Kernels
import Synchronization

/// The lines of all inputs that are no rows, noted by many threads.
final class BadLineList: Sendable {
  private let maximum: Int
  private let lines = Mutex<[(block: Int, file: String, line: BadLine)]>([])

  /// More than `maximum` lines are too many.
  init(maximum: Int) { self.maximum = maximum }

  /// How many there are.
  var count: Int { lines.withLock { $0.count } }

  /// Notes those of a block; false when there are too many by now.
  func add(_ rows: ParsedRows, of block: LineBlock) -> Bool {
    lines.withLock { lines in
      lines += rows.badLines.map { (block.index, block.head.name, $0) }
      return lines.count <= maximum
    }
  }

  /// In the order of the input.
  private var sorted: [(block: Int, file: String, line: BadLine)] {
    lines.withLock { $0.sorted { ($0.block, $0.line.line) < ($1.block, $1.line.line) } }
  }

  /// Throws for the first that is too many. All blocks before it must have been noted.
  func check() throws(DataError) {
    let bad = sorted
    guard bad.count > maximum else { return }
    let first = bad[maximum]
    let before = maximum == 0 ? "" : " (\(maximum) before it)"
    throw DataError(
      .malformed, "prepare", at: "\(first.file):\(first.line.line)",
      "\(first.line.sentence)\(before)",
      remedy: "correct the line, or set bad lines aside with --max-bad-rows")
  }

  /// Writes them to a file, if there are any: place, reason, the line itself.
  func write(to path: String) throws(DataError) {
    let bad = sorted
    guard !bad.isEmpty else { return }
    let file = try PosixFile(creating: path)
    for (_, source, line) in bad {
      let head = "\(source):\(line.line)\t\(line.sentence)\t"
      try writeBytes(of: Array(head.utf8) + line.text + [UInt8(ascii: "\n")], to: file)
    }
    try file.synchronise()
  }
}
