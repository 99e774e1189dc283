import Synchronization

/// Hands out 0, 1, 2, … to any number of threads, each number once.
final class TaskCounter: Sendable {
  private let next = Atomic<Int>(0)

  /// Starts again from 0; no thread may be taking numbers meanwhile.
  func reset() { next.store(0, ordering: .relaxed) }

  /// The next number below `limit`, or nil when all are taken.
  func take(below limit: Int) -> Int? {
    let number = next.add(1, ordering: .relaxed).oldValue
    return number < limit ? number : nil
  }
}
