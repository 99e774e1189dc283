import Synchronization
import Testing

@testable import Reporting

/// A console that writes into memory, with a clock set by hand.
final class Recorder: Sendable {
  private let text = Mutex("")
  private let seconds = Mutex(0.0)

  var written: String { text.withLock { $0 } }

  func advance(_ by: Double) { seconds.withLock { $0 += by } }

  func console(isTerminal: Bool, environment: [String: String] = [:]) -> Console {
    Console(
      terminal: Terminal(isTerminal: isTerminal, environment: environment),
      now: { self.seconds.withLock { $0 } },
      write: { piece in self.text.withLock { $0 += piece } })
  }
}

@Suite struct ConsoleTests {
  @Test func redrawsTheStatusBelowLines() {
    let recorder = Recorder()
    let console = recorder.console(isTerminal: true)
    console.status("one")
    console.line("hello")
    console.status("two")
    console.clearStatus()
    let clear = "\r\u{1B}[K"
    #expect(recorder.written == "one\(clear)hello\none\(clear)two\(clear)")
  }

  @Test func cutsTheStatusToTheWidth() {
    let recorder = Recorder()
    let console = recorder.console(isTerminal: true, environment: ["COLUMNS": "20"])
    console.status(String(repeating: "x", count: 40))
    #expect(recorder.written.count == 19)
  }

  @Test func elsewhereWritesPlainLinesNowAndThen() {
    let recorder = Recorder()
    let console = recorder.console(isTerminal: false)
    for second in 0..<12 {
      console.status("at \(second)")
      recorder.advance(1)
    }
    console.clearStatus()
    #expect(recorder.written == "at 0\nat 5\nat 10\n")
  }

  @Test func elsewhereLetsTheCallerWriteItsOwnLine() {
    let recorder = Recorder()
    let console = recorder.console(isTerminal: false)
    for second in 0..<7 {
      console.status("unseen") { console.line("step \(second)") }
      recorder.advance(1)
    }
    #expect(recorder.written == "step 0\nstep 5\n")
    let terminal = recorder.console(isTerminal: true)
    terminal.status("status") { terminal.line("never") }
    #expect(recorder.written.hasSuffix("step 5\nstatus"))
  }
}
