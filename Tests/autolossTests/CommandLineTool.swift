import Foundation
import Testing

/// The built binary, run as a user runs it.
enum CommandLineTool {
  /// How one run ended and what it wrote.
  struct Result {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  /// The binary beside this test bundle.
  static func binary() throws -> URL {
    let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = here.deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appending(path: "autoloss")
      if FileManager.default.isExecutableFile(atPath: candidate.path),
        !((try? candidate.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false)
      {
        return candidate
      }
      folder = folder.deletingLastPathComponent()
    }
    return try #require(nil as URL?, "no autoloss binary beside \(here.path)")
  }

  /// Runs it in `folder` with these arguments; `environment` is added to the usual one. `through`
  /// is a command that starts it, if another one shall: its path and first arguments.
  static func run(
    _ arguments: [String], in folder: URL = FileManager.default.temporaryDirectory,
    environment: [String: String] = [:], through starter: [String] = []
  ) throws -> Result {
    let process = Process()
    let command = starter + [try binary().path] + arguments
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = try Capture()
    let errors = try Capture()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output.handle
    process.standardError = errors.handle
    try process.run()
    process.waitUntilExit()
    return Result(
      exitCode: process.terminationStatus, output: try output.text(), errors: try errors.text())
  }

  /// A file for one stream: unlike a pipe it cannot fill up and block.
  private struct Capture {
    let url: URL
    let handle: FileHandle

    init() throws {
      url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    }

    func text() throws -> String {
      try handle.close()
      defer { try? FileManager.default.removeItem(at: url) }
      return try String(contentsOf: url, encoding: .utf8)
    }
  }

  /// A new folder that is gone after `body`.
  static func withFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
