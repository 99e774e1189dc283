import Foundation
import Glibc
import Training

/// A process of this study that runs a command, with its output in files.
final class ChildProcess {
  private let process = Process()
  private let files: (output: URL, errors: URL)

  /// How a command is started: alone, or as part of a line for the shell in which `{command}`
  /// stands for it, such as `srun -n1 {command}`.
  struct Launcher: Sendable, Equatable {
    /// The line; nil starts commands as they are.
    var line: String?

    /// What stands in the line for the command.
    static let mark = "{command}"

    /// The program and arguments that run `command`.
    func start(_ command: [String]) -> [String] {
      guard let line else { return command }
      let words = command.map(Self.quoted).joined(separator: " ")
      return ["/bin/sh", "-c", line.replacing(Self.mark, with: words)]
    }

    private static func quoted(_ word: String) -> String {
      "'" + word.replacing("'", with: "'\\''") + "'"
    }
  }

  /// Starts `command`; stdout replaces the file `output`, stderr is added to the file `errors`.
  init(_ command: [String], through launcher: Launcher, output: URL, errors: URL) throws {
    files = (output, errors)
    let words = launcher.start(command)
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.environment = Self.environment(ProcessInfo.processInfo.environment)
    do {
      // A new file: a process of an earlier study may still be writing to the one of this name.
      try Data().write(to: output, options: .atomic)
      if !FileManager.default.fileExists(atPath: errors.path) { try Data().write(to: errors) }
      process.standardOutput = try FileHandle(forWritingTo: output)
      let log = try FileHandle(forWritingTo: errors)
      try log.seekToEnd()
      process.standardError = log
      try process.run()
    } catch {
      throw Failure(
        "a run cannot be started: \(error.localizedDescription)", at: words[0],
        remedy: "check the command after --launch, and the free space of the disk",
        exitCode: .unavailable)
    }
  }

  /// What a run takes from this process's environment. Configuration values are not among it: the
  /// run's file has them, and in the environment they would win over what the file varies.
  static func environment(_ all: [String: String]) -> [String: String] {
    all.filter { !$0.key.hasPrefix("AUTOLOSS__") }
  }

  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning }

  /// The code it ended with; 128 and its number where a signal did. For one that has ended.
  var exitCode: Int32 {
    process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
  }

  /// What it wrote to stdout.
  var output: Data { (try? Data(contentsOf: files.output)) ?? Data() }

  /// The last sentence on its stderr: the one of an error, or else its last line.
  var lastWords: String {
    let text = (try? String(contentsOf: files.errors, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n")
    let error = lines.last { $0.hasPrefix("error: ") }.map { $0.dropFirst("error: ".count) }
    return String(error ?? lines.last ?? "it said nothing")
  }

  /// Asks it, and what it has started, to stop.
  func stop() {
    let identifier = process.processIdentifier
    guard process.isRunning, identifier > 0 else { return }
    // It leads a group of its own where the system made it one.
    _ = kill(getpgid(identifier) == identifier ? -identifier : identifier, SIGTERM)
  }
}
