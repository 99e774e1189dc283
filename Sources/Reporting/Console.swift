import Foundation
import Synchronization

/// The one writer of messages: whole lines, and below them one status line that is redrawn.
///
/// Where lines cannot be redrawn, a status becomes a plain line at most every few seconds. May be
/// used from any thread.
public final class Console: Sendable {
  /// What the destination can show.
  public let terminal: Terminal
  private let plainIntervalSeconds: Double
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  private struct State {
    var status = ""
    var lastPlain = -Double.infinity
  }

  /// - Parameters:
  ///   - plainIntervalSeconds: least time between two status lines that cannot be redrawn.
  ///   - now: seconds of a clock that never goes back.
  ///   - write: receives text with its line ends.
  public init(
    terminal: Terminal, plainIntervalSeconds: Double = 5, now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.terminal = terminal
    self.plainIntervalSeconds = plainIntervalSeconds
    self.now = now
    self.write = write
  }

  /// Writes a whole line above the status.
  public func line(_ text: String) {
    state.withLock { state in
      let redrawn = state.status.isEmpty ? "" : state.status
      write(clearing(state) + text + "\n" + redrawn)
    }
  }

  /// Shows where things stand; where that cannot be redrawn, calls `elsewhere` now and then, which
  /// writes a line in its own form.
  public func status(_ text: String, elsewhere: () -> Void) {
    let isDue = state.withLock { state in
      if terminal.redraws {
        let clear = clearing(state)
        state.status = String(text.prefix(terminal.columns - 1))
        write(clear + state.status)
        return false
      }
      guard now() - state.lastPlain >= plainIntervalSeconds else { return false }
      state.lastPlain = now()
      return true
    }
    if isDue { elsewhere() }
  }

  /// Shows where things stand; where that cannot be redrawn, as a plain line now and then.
  public func status(_ text: String) { status(text) { line(text) } }

  /// Removes the status line, as before the end of the process.
  public func clearStatus() {
    state.withLock { state in
      write(clearing(state))
      state.status = ""
    }
  }

  private func clearing(_ state: State) -> String { state.status.isEmpty ? "" : "\r\u{1B}[K" }

  /// Standard error of this process.
  public static let standardError = Console(
    terminal: .standardError,
    now: { ProcessInfo.processInfo.systemUptime },
    write: { text in
      guard !text.isEmpty else { return }
      // A closed stderr must not end a run, and there is nowhere left to say so.
      try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    })
}
