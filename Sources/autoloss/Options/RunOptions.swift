import ArgumentParser
import Foundation
import Training

/// Options that make up a run's configuration, shared by every command that trains.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Configuration file (docs/configuration.md).", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Set one value, such as train.batchSize=2000; repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("Folder that `prepare` wrote.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Folder of the run (default: run).", valueName: "folder"))
  var out: String?

  @Option(help: ArgumentHelp("deepfm or ipnn.", valueName: "name"))
  var model: String?

  @Option(help: ArgumentHelp("fixed:LOSS, al1, al2 or autoloss.", valueName: "strategy"))
  var loss: String?

  @Option(help: ArgumentHelp("Passes over the training rows.", valueName: "n"))
  var epochs: String?

  @Option(help: ArgumentHelp("Stop after this many updates.", valueName: "n"))
  var maxSteps: String?

  @Option(help: ArgumentHelp("Examples of one update.", valueName: "n"))
  var batchSize: String?

  @Option(help: ArgumentHelp("Step size of the optimizer.", valueName: "x"))
  var learningRate: String?

  @Option(
    help: ArgumentHelp(
      "Compute threads, 0 for all; never changes the result.",
      valueName: "n"))
  var threads: String?

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
  var seed: String?

  /// The configuration: defaults, then file, environment, `--set`, then the flags above.
  func resolve(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    extra: [(flag: String, path: String, text: String?)] = []
  ) throws -> ResolvedConfiguration {
    let folder = FileManager.default.currentDirectoryPath
    var resolver = ConfigurationResolver(workingFolder: folder)
    if let config { try resolver.read(file: config) }
    try resolver.apply(environment: environment)
    for assignment in set { try resolver.apply(assignment: assignment) }
    for (flag, path, text) in flags + extra {
      try resolver.apply(flag: flag, to: path, text)
    }
    return try resolver.resolve()
  }

  private var flags: [(flag: String, path: String, text: String?)] {
    [
      ("--data", "data.path", data), ("--out", "out", out), ("--model", "model.name", model),
      ("--loss", "loss", loss), ("--epochs", "train.epochs", epochs),
      ("--max-steps", "train.maxSteps", maxSteps), ("--batch-size", "train.batchSize", batchSize),
      ("--learning-rate", "train.learningRate", learningRate),
      ("--threads", "train.threads", threads), ("--seed", "train.seed", seed),
    ]
  }
}
