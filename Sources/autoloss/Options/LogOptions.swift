import ArgumentParser
import Foundation
import Training

/// What a process of a run tells on stderr.
struct LogOptions: ParsableArguments {
  @Option(help: .key("log.level", "level")) var logLevel: String?
  @Option(help: .key("log.format", "form")) var logFormat: String?

  /// The flags with the keys that they set.
  var flags: [(flag: String, path: String, text: String?)] {
    [("--log-level", "log.level", logLevel), ("--log-format", "log.format", logFormat)]
  }

  /// For a process that has no other configuration: defaults, then environment, then flags.
  func resolve(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> RunConfiguration.Log {
    var resolver = ConfigurationResolver(
      workingFolder: FileManager.default.currentDirectoryPath)
    try resolver.apply(environment: environment)
    for (flag, path, text) in flags { try resolver.apply(flag: flag, to: path, text) }
    return try resolver.resolve().configuration.log
  }
}
