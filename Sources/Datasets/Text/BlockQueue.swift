/// Where blocks come from, in their order: input files, or the spool of an earlier pass.
protocol BlockSource: AnyObject {
  /// Fills the block; false when there is nothing left.
  func next(into block: LineBlock) throws(DataError) -> Bool
  /// Bytes taken from the inputs so far.
  var consumedByteCount: Int { get }
}

extension BlockReader: BlockSource {}

/// Hands blocks to many threads, in their order. A block that was handed out has no predecessor
/// that was not.
final class BlockQueue: @unchecked Sendable {
  // Source and mark are touched inside the monitor only.
  private let monitor = Monitor()
  private let source: any BlockSource
  private var isStopped = false

  init(_ source: any BlockSource) { self.source = source }

  /// Fills the block; false when there is nothing left or `stop` was called.
  func next(into block: LineBlock) throws(DataError) -> Bool {
    try monitor.locked { () throws(DataError) -> Bool in
      guard !isStopped else { return false }
      do throws(DataError) { return try source.next(into: block) } catch {
        isStopped = true
        throw error
      }
    }
  }

  /// Hands out nothing more.
  func stop() { monitor.locked { isStopped = true } }

  /// Bytes taken from the inputs so far.
  var consumedByteCount: Int { monitor.locked { source.consumedByteCount } }
}
