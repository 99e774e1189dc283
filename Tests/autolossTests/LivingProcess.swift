import Foundation
import Testing

/// The built binary while it runs: what it says, and a way to end it, by its id.
final class LivingProcess {
  private let process = Process()
  private let folder: URL
  private let name = UUID().uuidString

  /// Starts the binary in `folder` with these arguments; both streams go to files there, and
  /// `environment` is added to the usual one. `starter` is a command that becomes the binary.
  init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    through starter: [String] = []
  ) throws {
    self.folder = folder
    let command = starter + [try CommandLineTool.binary().path] + arguments
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    // A process that crashes is to end at once: its backtrace may take longer than anybody waits.
    let usual = ["SWIFT_BACKTRACE": "enable=no"].merging(ProcessInfo.processInfo.environment) { $1 }
    process.environment = usual.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.create(folder.appending(path: "\(name).out"))
    process.standardError = try Self.create(folder.appending(path: "\(name).err"))
    try process.run()
  }

  deinit { if process.isRunning { send(SIGKILL) } }

  /// What it has written so far to stdout and stderr.
  var output: String { text("out") }
  var errors: String { text("err") }

  /// The id of the process.
  var identifier: Int32 { process.processIdentifier }

  /// Sends a signal to this process alone.
  func send(_ signal: Int32) { _ = kill(process.processIdentifier, signal) }

  /// Waits until stderr has a line with `words`, and returns that line; fails after a minute, or
  /// when the process ends without it.
  func line(with words: String) throws -> String {
    _ = wait { !self.lines(with: [words]).isEmpty || !self.process.isRunning }
    return try #require(lines(with: [words]).first, "no line with \"\(words)\" in:\n\(errors)")
  }

  /// The same for the `number`th line that has any of `words`.
  @discardableResult
  func seen(_ words: String..., number: Int = 1) throws -> String {
    _ = wait { self.lines(with: words).count >= number || !self.process.isRunning }
    let found = lines(with: words)
    try #require(found.count >= number, "not \(number) lines with \(words) in:\n\(errors)")
    return found[number - 1]
  }

  private func lines(with words: [String]) -> [String] {
    // The last piece may be half a line.
    errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .filter { line in words.contains { line.contains($0) } }.map(String.init)
  }

  /// The code it ends with; nil, and the end of the process, when it takes more than a minute.
  func end() -> Int32? {
    guard wait({ !self.process.isRunning }) else {
      // It may be stopped; a stopped process is killed as well.
      send(SIGKILL)
      return nil
    }
    return process.terminationStatus
  }

  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning }

  /// Waits so long; whether it has ended.
  func ends(withinSeconds seconds: Int) -> Bool {
    wait(seconds: seconds) { !self.process.isRunning }
  }

  private func wait(seconds: Int = 60, _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !condition() {
      guard ContinuousClock.now < deadline else { return false }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return true
  }

  private func text(_ ending: String) -> String {
    let url = folder.appending(path: "\(name).\(ending)")
    return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
  }

  private static func create(_ url: URL) throws -> FileHandle {
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }
}
