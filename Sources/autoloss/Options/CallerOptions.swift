import ArgumentParser
import Foundation
import Training

/// How to reach a coordinator for a question.
struct CallerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the coordinator listens (default: AUTOLOSS_COORDINATOR, or from Slurm's job).",
      valueName: "tcp://host:port"))
  var coordinator: String?

  @Option(help: ArgumentHelp("How long to wait for an answer.", valueName: "seconds"))
  var timeout = 5.0

  @OptionGroup var keys: KeyOptions

  @Option(
    help: ArgumentHelp(
      "Which key of the folder (default: the coordinator's own, or the only one).",
      valueName: "name"))
  var keyName: String?

  @Flag(help: "Permit plain connections beyond loopback.")
  var insecure = false

  func validate() throws {
    guard (0.01...86_400).contains(timeout) else {
      throw ValidationError("--timeout must be 0.01 to 86400, not \(timeout).")
    }
  }

  /// A connection to the coordinator.
  func connect(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> CoordinatorCaller {
    let address = try WorkerPlaces.address(coordinator, environment)
    let isInsecure = insecure || WorkerPlaces.allowsInsecure(environment)
    return try CoordinatorCaller(
      address,
      keys: WorkerKeys(
        folder: keys.folder(environment), name: keyName, allowInsecure: isInsecure))
  }
}
