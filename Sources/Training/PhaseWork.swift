import Synchronization

/// Keeps the first error of a phase that several threads work on.
///
/// First means lowest task number, so which error is reported does not depend on timing.
final class PhaseErrors: Sendable {
  private let first = Mutex<(task: Int, error: any Error)?>(nil)

  /// Runs `body` and keeps its error, if it throws.
  func catching(task: Int, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      first.withLock { kept in
        if kept.map({ task < $0.task }) ?? true { kept = (task, error) }
      }
    }
  }

  /// Throws the kept error and forgets it.
  func rethrow() throws {
    let kept = first.withLock { value in
      defer { value = nil }
      return value
    }
    if let kept { throw kept.error }
  }
}
