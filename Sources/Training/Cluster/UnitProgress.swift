import Synchronization

/// How much the compute threads of one pool have got done.
final class PoolProgress: Sendable {
  fileprivate let done = Atomic<UInt64>(0)
}

/// How far compute threads are with one unit: a number that grows while it gets on.
///
/// A unit that no thread is at waits for others of the same pool, and gets on while they do; one
/// that a thread is at gets on by its own slices alone. So a long queue is no reason to lease a
/// unit to somebody else, and a thread that never comes back is.
///
/// Compute threads write it and the edge thread reads it when it reports, so that nobody is woken
/// for it.
final class UnitProgress: Sendable {
  private let pool: PoolProgress
  private let waiting = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let reached = Atomic<UInt64>(0)

  /// Of a unit that is computed beside all others with this `pool`.
  init(_ pool: PoolProgress) { self.pool = pool }

  /// So many pieces of work are about to be given to the pool.
  func expect(_ pieces: Int) { waiting.store(pieces, ordering: .relaxed) }

  /// Does one of them.
  func doing<Result>(_ body: () -> Result) -> Result {
    reached.max(pool.done.load(ordering: .relaxed), ordering: .relaxed)
    running.add(1, ordering: .relaxed)
    defer {
      reached.max(pool.done.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
      waiting.subtract(1, ordering: .relaxed)
      running.subtract(1, ordering: .relaxed)
    }
    return body()
  }

  /// How far it is.
  var amount: UInt64 {
    let isQueued =
      running.load(ordering: .relaxed) == 0 && waiting.load(ordering: .relaxed) > 0
    return isQueued ? pool.done.load(ordering: .relaxed) : reached.load(ordering: .relaxed)
  }
}
