import ArgumentParser
import Foundation
import Training

/// Where a worker finds its coordinator and its copy of the data.
struct WorkerPlaces: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the coordinator listens (default: AUTOLOSS_COORDINATOR, or from Slurm's job).",
      valueName: "tcp://host:port"))
  var coordinator: String?

  @Option(
    help: ArgumentHelp(
      "Folder that `prepare` wrote (default: AUTOLOSS__DATA__PATH).", valueName: "folder"))
  var data: String?

  /// The coordinator's address; the flag wins over the environment.
  func address(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    try Self.address(coordinator, environment)
  }

  /// A coordinator's address: the flag's, or else what the environment says.
  static func address(_ flag: String?, _ environment: [String: String]) throws -> String {
    if let flag { return flag }
    if let address = try LaunchAddress.read(environment) { return address.coordinator }
    throw Failure(
      "a process must know where its coordinator is",
      remedy: "add --coordinator tcp://HOST:PORT, or set \(LaunchAddress.variable)",
      exitCode: .usage)
  }

  /// The folder of the data; the flag wins over the environment.
  func folder(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    if let folder = data ?? environment["AUTOLOSS__DATA__PATH"], !folder.isEmpty { return folder }
    throw Failure(
      "a worker needs its copy of the prepared data",
      remedy: "add --data FOLDER, or set AUTOLOSS__DATA__PATH", exitCode: .usage)
  }

  /// Whether the environment permits plain connections, as the flag `--insecure` does.
  func allowsInsecure(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Bool { Self.allowsInsecure(environment) }

  /// The same for any process that connects to a coordinator.
  static func allowsInsecure(_ environment: [String: String]) -> Bool {
    environment["AUTOLOSS__CLUSTER__INSECURE"] == "true"
  }
}
