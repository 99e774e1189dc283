import ArgumentParser
import Reporting
import Synchronization
import Testing

@testable import Training
@testable import autoloss

@Suite struct RunLogTests {
  /// In text, errors are told by the tool itself.
  @Test(
    arguments: [
      (RunConfiguration.Format.text, "critical", Training.ExitCode.badData, ""),
      (
        .json, "critical", .badData,
        #""at":"here","exitCode":65,"fix":"mend it","level":"critical""#
      ),
      (.json, "error", .interrupted, ""),
      (.json, "info", .interrupted, #""exitCode":75,"fix":"mend it","level":"notice""#),
    ] as [(RunConfiguration.Format, String, Training.ExitCode, String)])
  func errorsAreEntriesForMachines(
    format: RunConfiguration.Format, level: String, code: Training.ExitCode, entry: String
  ) throws {
    let text = Mutex("")
    var log = RunConfiguration.Log()
    log.format = format
    log.level = try #require(RunConfiguration.Level(rawValue: level))
    let failure = Failure("it broke", at: "here", remedy: "mend it", exitCode: code)
    let console = Console(
      terminal: Terminal(isTerminal: false, environment: [:]), now: { 0 },
      write: { piece in text.withLock { $0 += piece } })
    let end = RunLog(log, role: "train", console: console).ending(failure)
    let written = text.withLock { $0 }
    #expect(entry.isEmpty ? written.isEmpty : written.contains(entry), "\(written)")
    #expect(Autoloss.exitCode(for: end).rawValue == (format == .json ? code.rawValue : 1))
  }

  @Test(arguments: [
    (["autoloss", "train"], "autoloss train --resume auto"),
    (["autoloss", "train", "--resume", "never"], "autoloss train --resume auto"),
    (["autoloss", "train", "--resume=never"], "autoloss train --resume auto"),
    (
      ["./autoloss", "train", "--out", "a b'c"], "./autoloss train --out 'a b'\\''c' --resume auto"
    ),
  ])
  func tellsHowToGoOn(commandLine: [String], expected: String) {
    #expect(RunLog.resuming(commandLine) == expected)
  }
}
