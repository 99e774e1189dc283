import Kernels
import Synchronization

/// The first pass: counts values and rows, and finds the lines that are no rows.
final class CountingPass: Sendable {
  private struct State {
    var blockRows: [Int] = []
    var bad: [(block: Int, file: Int, line: BadLine)] = []
    var rows = 0
  }

  private let options: Preparation
  private let files: [String]
  private let spool: Spool?
  private let totalBytes: Int?
  private let progress: @Sendable (Preparation.Progress) -> Void
  private let queue: BlockQueue
  private let counter: ValueCounter
  private let state = Mutex(State())

  init(
    options: Preparation, files: [String], spool: Spool?, totalBytes: Int?,
    progress: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.options = options
    self.files = files
    self.spool = spool
    self.totalBytes = totalBytes
    self.progress = progress
    queue = BlockQueue(BlockReader(paths: files))
    counter = ValueCounter(fieldCount: options.schema.fieldCount)
  }

  /// How many rows each block has.
  var blockRows: [Int] { state.withLock { $0.blockRows } }
  /// How many lines were set aside.
  var badLineCount: Int { state.withLock { $0.bad.count } }
  /// Bytes that standard input gave.
  var spooledByteCount: Int { queue.consumedByteCount }

  /// Reads everything; throws for more bad lines than allowed, or if there is no row.
  func run() throws(DataError) {
    let failures = Failures()
    onThreads(options.threads) { [self] thread in
      do throws(DataError) { try work(thread) } catch {
        queue.stop()
        failures.add(error, item: thread)
      }
    }
    // A line that is bad comes before a failure to read further on.
    try checkBadLines()
    try failures.throwFirst()
    guard state.withLock({ $0.rows }) > 0 else {
      throw DataError(
        .malformed, "prepare", at: files.joined(separator: ", "), "there are no rows",
        remedy: "check the input")
    }
  }

  private func work(_ thread: Int) throws(DataError) {
    let block = LineBlock(capacity: options.blockByteCount)
    let rows = ParsedRows(
      fieldCount: options.schema.fieldCount, byteCount: options.blockByteCount + 1)
    let parser = RowParser(schema: options.schema, classes: options.classes)
    let workspace = spool == nil ? nil : Spool.workspace(capacity: options.blockByteCount + 1)
    let offset = thread * options.schema.fieldCount / options.threads
    while try queue.next(into: block) {
      parser.parse(block, into: rows)
      counter.add(rows, of: block, offset: offset)
      if let spool, let workspace { try spool.store(block, workspace: workspace) }
      if note(rows, block) > options.maximumBadRows { queue.stop() }
    }
  }

  /// Notes the result of a block; returns the number of bad lines so far.
  private func note(_ rows: ParsedRows, _ block: LineBlock) -> Int {
    let bytes = queue.consumedByteCount
    return state.withLock { state in
      while state.blockRows.count <= block.index { state.blockRows.append(0) }
      state.blockRows[block.index] = rows.count
      state.rows += rows.count
      state.bad += rows.badLines.map { (block.index, block.file, $0) }
      progress(
        Preparation.Progress(
          phase: .counting, rows: state.rows, bytes: bytes, totalBytes: totalBytes))
      return state.bad.count
    }
  }

  /// Bad lines in the order of the input.
  private var sortedBadLines: [(block: Int, file: Int, line: BadLine)] {
    state.withLock { $0.bad.sorted { ($0.block, $0.line.line) < ($1.block, $1.line.line) } }
  }

  private func checkBadLines() throws(DataError) {
    let bad = sortedBadLines
    guard bad.count > options.maximumBadRows else { return }
    let first = bad[options.maximumBadRows]
    let field = first.line.field.map { "field \($0): " } ?? ""
    let before = options.maximumBadRows == 0 ? "" : " (\(options.maximumBadRows) before it)"
    throw DataError(
      .malformed, "prepare", at: place(first.file, first.line.line),
      "\(field)\(first.line.problem)\(before)",
      remedy: "correct the line, or set bad lines aside with --max-bad-rows")
  }

  private func place(_ file: Int, _ line: Int) -> String {
    "\(files[file] == "-" ? "standard input" : files[file]):\(line)"
  }

  /// Sorts the values of each field into a vocabulary.
  func vocabularies() throws(DataError) -> [FieldVocabulary] {
    let fieldCount = options.schema.fieldCount
    let result = Mutex([FieldVocabulary](repeating: FieldVocabulary(), count: fieldCount))
    try inParallel(fieldCount, threads: options.threads) { [self] field in
      let vocabulary = counter.vocabulary(of: field, minimumCount: options.minimumCount)
      result.withLock { $0[field] = vocabulary }
    }
    return result.withLock { $0 }
  }

  /// Writes the lines set aside, if there are any: place, reason, the line itself.
  func writeBadLines(to path: String) throws(DataError) {
    let bad = sortedBadLines
    guard !bad.isEmpty else { return }
    let file = try PosixFile(creating: path)
    for (_, source, line) in bad {
      let field = line.field.map { "field \($0): " } ?? ""
      let head = "\(place(source, line.line))\t\(field)\(line.problem)\t"
      try writeBytes(of: Array(head.utf8) + line.text + [UInt8(ascii: "\n")], to: file)
    }
    try file.synchronise()
  }
}
