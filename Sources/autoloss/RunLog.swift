import Foundation
import Logging
import Reporting
import Training

/// How commands that train begin and end.
enum RunLog {
  /// Sends log messages to stderr as the configuration says.
  static func install(_ log: RunConfiguration.Log) {
    ConsoleLogHandler.install(
      level: Logger.Level(rawValue: log.level.rawValue) ?? .info,
      format: log.format == .json ? .json : .text, console: .standardError)
  }

  /// Prints the result; throws with code 75 when the run was stopped from outside.
  static func end(
    _ summary: RunSummary, out: String, json: Bool,
    commandLine: [String] = CommandLine.arguments
  ) throws {
    if json {
      try Output.json(summary)
    } else {
      try Output.line(Wording.summary(summary, out: out))
    }
    guard summary.interrupted else { return }
    throw Failure(
      "stopped from outside after step \(Figures.count(summary.step)); the state is saved",
      at: out, remedy: "go on with: \(resuming(commandLine))", exitCode: .interrupted)
  }

  /// The command that goes on, as it can be pasted into a shell.
  static func resuming(_ commandLine: [String]) -> String {
    var words = commandLine
    if let place = words.firstIndex(of: "--resume"), place + 1 < words.count {
      words[place + 1] = "auto"
    } else {
      words.removeAll { $0.hasPrefix("--resume=") }
      words += ["--resume", "auto"]
    }
    return words.map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,@%+".contains($0) }
    return plain && !word.isEmpty
      ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
