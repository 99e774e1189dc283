import Foundation
import Kernels
import Optimization

/// Parameters at one version that servers own, on their way to the thread that writes them.
///
/// Rows come in chunks and are taken in their order; a few chunks lie between the two threads, and
/// who fills them is woken when there is room for more. The edge thread calls `put`, `hand` and
/// `fail`, one writing thread `take` and `close`.
final class FetchedCapture: ParameterCapture, @unchecked Sendable {
  // Unchecked: a chunk belongs to the edge thread until it is handed over, then to the writing
  // thread until it is used up; what is `var` is under the condition's lock.

  /// How long the writing thread waits for one chunk. The edge thread gives servers up long before.
  static let patienceSeconds = 600.0

  /// What is not in rows; the edge thread fills it before it hands over the first chunk.
  let values: DenseValues
  /// Rows in a chunk, but for the last.
  let chunkRows: Int
  /// How many chunks there are.
  let chunks: Int
  private let rowCount: Int
  private let rowWidth: Int
  private let ring: [Floats]
  private let wake: @Sendable () -> Void
  private let condition = NSCondition()
  private var handed = 0
  private var used = 0
  private var failure: (any Error)?
  private var isOver = false

  /// Room for `ahead` chunks of about `chunkBytes` of the rows of `store`; `wake` is called on the
  /// writing thread.
  init(
    _ store: ParameterStore, ahead: Int, chunkBytes: Int,
    wake: @escaping @Sendable () -> Void
  ) {
    self.wake = wake
    (rowCount, rowWidth) = (store.rows.rowCount, store.rows.rawWidth)
    let rows = max(1, chunkBytes / (rowWidth * MemoryLayout<Float>.stride))
    chunkRows = min(rows, max(rowCount, 1))
    chunks = max(1, (rowCount + chunkRows - 1) / chunkRows)
    let numbers = chunkRows * rowWidth
    ring = (0..<min(ahead, chunks)).map { _ in Floats(unfilled: numbers) }
    values = DenseValues(
      weights: Floats(count: store.dense.weights.count),
      state: Floats(count: store.dense.state.count),
      statistics: Floats(count: store.statistics.count))
  }

  /// The rows of a chunk.
  func rows(of chunk: Int) -> Range<Int> {
    chunk * chunkRows..<min((chunk + 1) * chunkRows, rowCount)
  }

  /// Puts rows of a chunk that there is room for into their places.
  func put(_ rows: Floats, of ids: View<UInt32>, chunk: Int) {
    let target = ring[chunk % ring.count]
    let first = chunk * chunkRows
    for index in 0..<ids.count {
      target.slice((Int(ids[index]) - first) * rowWidth, rowWidth)
        .copy(from: rows.slice(index * rowWidth, rowWidth))
    }
  }

  /// Hands over the first `count` chunks, which are whole.
  func hand(_ count: Int) {
    condition.withLock {
      handed = count
      condition.broadcast()
    }
  }

  /// Says that no more will come, and why.
  func fail(_ error: any Error) {
    condition.withLock {
      failure = failure ?? error
      condition.broadcast()
    }
  }

  /// How many chunks have been used up, which makes room for as many more.
  var usedChunks: Int { condition.withLock { used } }

  /// Whether the writing thread takes no more.
  var isClosed: Bool { condition.withLock { isOver } }

  func take(from first: Int, into target: Floats) throws {
    let end = first + target.count / rowWidth
    var row = first
    while row < end {
      let chunk = row / chunkRows
      let range = rows(of: chunk)
      try wait(for: chunk)
      let count = min(end, range.upperBound) - row
      target.slice((row - first) * rowWidth, count * rowWidth).copy(
        from: ring[chunk % ring.count].slice(
          (row - range.lowerBound) * rowWidth, count * rowWidth))
      row += count
      guard row == range.upperBound else { continue }
      condition.withLock { used = chunk + 1 }
      wake()
    }
  }

  func close() {
    condition.withLock { isOver = true }
    wake()
  }

  private func wait(for chunk: Int) throws {
    let deadline = Date(timeIntervalSinceNow: Self.patienceSeconds)
    try condition.withLock {
      while handed <= chunk {
        if let failure { throw failure }
        guard condition.wait(until: deadline) else {
          throw Failure(
            "rows that servers own have not come for \(Int(Self.patienceSeconds)) s",
            at: "coordinator", remedy: "look at the servers' logs", exitCode: .unavailable)
        }
      }
    }
  }
}
