import Foundation
import Reporting
import Synchronization

/// Shows the passes of a command over rows as a status line; one time base for each pass.
final class WorkDisplay: Sendable {
  private let console: Console
  private let state = Mutex((work: "", begun: 0.0))

  init(console: Console = .standardError) { self.console = console }

  /// Shows how far a pass is.
  func show(_ work: String, rows: Int, share: Double?) {
    let now = ProcessInfo.processInfo.systemUptime
    let begun = state.withLock { state in
      if state.work != work { state = (work, now) }
      return state.begun
    }
    console.status(
      WorkLine(work: work, rows: rows, share: share, seconds: now - begun).description)
  }

  /// Removes the line.
  func finish() { console.clearStatus() }
}
