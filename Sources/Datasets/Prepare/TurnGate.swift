import Synchronization

/// Lets blocks through in their order and tells each the sums of what those before it counted.
final class TurnGate: Sendable {
  private struct State {
    var next = 0
    var sums: [Int]
    var isOpen = false
  }

  private let monitor = Monitor()
  private let state: Mutex<State>

  /// Adds up so many counts.
  init(width: Int) { state = Mutex(State(sums: Array(repeating: 0, count: width))) }

  /// Waits for the blocks before and tells their sums; nil after `open`.
  func pass(_ block: Int, counts: [Int]) -> [Int]? {
    monitor.locked {
      while state.withLock({ $0.next != block && !$0.isOpen }) { monitor.wait() }
      let sums: [Int]? = state.withLock { state in
        guard !state.isOpen else { return nil }
        defer {
          state.next += 1
          state.sums = zip(state.sums, counts).map(+)
        }
        return state.sums
      }
      monitor.wakeAll()
      return sums
    }
  }

  /// Lets everybody through after a failure.
  func open() {
    monitor.locked {
      state.withLock { $0.isOpen = true }
      monitor.wakeAll()
    }
  }
}
