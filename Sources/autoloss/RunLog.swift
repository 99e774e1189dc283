import ArgumentParser
import Foundation
import Logging
import Reporting
import Training

/// What a process of a run tells on stderr, and how it ends.
struct RunLog {
  /// For all messages of the process.
  private(set) var logger: Logger
  private let isForMachines: Bool
  private let console: Console

  /// Shows on `console` what the configuration asks for, in the name of a role and, where there are
  /// several processes of it, a process.
  init(
    _ log: RunConfiguration.Log, role: String, name: String? = nil,
    console: Console = .standardError
  ) {
    let handler = ConsoleLogHandler(
      role: role, level: log.level.ofLogger, format: log.format == .json ? .json : .text,
      console: console)
    logger = Logger(label: role) { _ in handler }
    isForMachines = log.format == .json
    self.console = console
    if let name { logger[metadataKey: "rank"] = .string(name) }
  }

  /// The error as the end of the process. Where machines read the log it is an entry of it;
  /// elsewhere the tool tells it in three lines.
  func ending(_ error: any Error) -> any Error {
    if let failure = error as? RunFailure { tell(failure.first) }
    guard isForMachines, let explained = Explanation.of(error) else { return error }
    console.clearStatus()
    var details: Logger.Metadata = [
      "fix": .string(explained.remedy), "exitCode": .figure(Int(explained.exitCode.rawValue)),
    ]
    if let place = explained.place { details["at"] = .string(place) }
    logger.log(
      level: explained.exitCode == .interrupted ? .notice : .critical, "\(explained.what)",
      metadata: details)
    return ArgumentParser.ExitCode(explained.exitCode.rawValue)
  }
}

extension RunLog {
  /// Shows where the failure of a run began: a box for people, an entry for machines.
  func tell(_ first: FirstFailure) {
    console.clearStatus()
    guard isForMachines else { return console.line(FailureBox.text(first)) }
    var details: Logger.Metadata = [
      "role": .string(first.role), "rank": .string(first.name), "label": .string(first.rank),
      "host": .string(first.host), "time": .string(first.time),
      "sentence": .string(first.sentence),
    ]
    if let step = first.step { details["step"] = .figure(Int(clamping: step)) }
    if let slice = first.slice { details["slice"] = .figure(Int(clamping: slice)) }
    logger.critical("the first failure", metadata: ["firstFailure": .dictionary(details)])
  }

  /// Makes the run of `configuration` by `train`, tells its course, and prints its result.
  static func run(
    _ configuration: RunConfiguration, role: String, json: Bool,
    train: (any RunObserver) throws -> RunSummary
  ) throws {
    let log = RunLog(configuration.log, role: role)
    let folder = RunFolder(URL(filePath: configuration.out))
    let observer = ConsoleObserver(
      logger: log.logger, console: log.console, metricsFile: folder.metrics)
    do {
      try end(try train(observer), out: configuration.out, json: json)
    } catch {
      throw log.ending(error)
    }
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
