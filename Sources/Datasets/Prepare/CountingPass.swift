import Kernels
import Synchronization

/// The first pass: counts values and rows, and finds the lines that are no rows.
final class CountingPass: Sendable {
  private struct State {
    var blockRows: [Int] = []
    var rows = 0
  }

  private let options: Preparation
  private let badLines: BadLineList
  private let spool: Spool?
  private let totalBytes: Int?
  private let progress: @Sendable (Preparation.Progress) -> Void
  private let queue: BlockQueue
  private let counter: ValueCounter
  private let state = Mutex(State())

  init(
    options: Preparation, files: [String], badLines: BadLineList, spool: Spool?,
    totalBytes: Int?, progress: @escaping @Sendable (Preparation.Progress) -> Void
  ) {
    self.options = options
    self.badLines = badLines
    self.spool = spool
    self.totalBytes = totalBytes
    self.progress = progress
    queue = BlockQueue(options.reader(of: files))
    counter = ValueCounter(options.schema)
  }

  /// How many rows each block has.
  var blockRows: [Int] { state.withLock { $0.blockRows } }
  /// Bytes that standard input gave.
  var spooledByteCount: Int { queue.consumedByteCount }

  /// Reads everything; throws for more bad lines than allowed, or if there is no row.
  func run() throws(DataError) {
    let failures = Failures()
    onThreads(options.threads) { [self] thread in
      var block = 0
      do throws(DataError) { try work(thread, at: &block) } catch {
        queue.stop()
        failures.add(error, item: block)
      }
    }
    // A line that is bad comes before a failure to read further on.
    try badLines.check()
    try failures.throwFirst()
    guard state.withLock({ $0.rows }) > 0 else { throw options.noRows }
  }

  /// `index` is that of the last block it began with.
  private func work(_ thread: Int, at index: inout Int) throws(DataError) {
    let block = LineBlock(capacity: options.blockByteCount)
    let rows = ParsedRows(
      columnCount: options.schema.idColumns.count, byteCount: options.blockByteCount + 1)
    let parser = options.schema.parser(classes: options.classes, labels: .required)
    let workspace = spool == nil ? nil : Spool.workspace(capacity: options.blockByteCount + 1)
    let offset = thread * options.schema.idColumns.count / options.threads
    while try queue.next(into: block) {
      index = block.index
      try parser.parse(block, into: rows)
      counter.add(rows, of: block, offset: offset)
      if let spool, let workspace { try spool.store(block, workspace: workspace) }
      if !badLines.add(rows, of: block) { queue.stop() }
      note(rows, block)
    }
  }

  /// Notes the result of a block.
  private func note(_ rows: ParsedRows, _ block: LineBlock) {
    let bytes = queue.consumedByteCount
    state.withLock { state in
      while state.blockRows.count <= block.index { state.blockRows.append(0) }
      state.blockRows[block.index] = rows.count
      state.rows += rows.count
      progress(
        Preparation.Progress(
          phase: .counting, rows: state.rows, bytes: bytes, totalBytes: totalBytes))
    }
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
}
