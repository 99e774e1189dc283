import ArgumentParser
import Foundation
import Training

extension Recipe: ExpressibleByArgument {}

/// Options that make up a run's configuration, shared by every command that trains.
///
/// Those that set one key are explained by the table of keys.
struct RunOptions: ParsableArguments {
  @Option(help: "Values to begin with: as the paper has them, or tuned (docs/studies.md).")
  var recipe: Recipe?

  @Option(help: ArgumentHelp("Configuration file (docs/configuration.md).", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Set one value, such as train.batchSize=2000; repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(help: .key("data.path", "folder")) var data: String?
  @Option(help: .key("out", "folder")) var out: String?
  @Option(help: .key("model.name", "name")) var model: String?
  @Option(help: .key("loss", "strategy")) var loss: String?
  @Option(help: .key("search.controller.file", "file")) var controller: String?
  @Option(help: .key("train.epochs", "n")) var epochs: String?
  @Option(help: .key("train.maxSteps", "n")) var maxSteps: String?
  @Option(help: .key("train.batchSize", "n")) var batchSize: String?
  @Option(help: .key("train.learningRate", "x")) var learningRate: String?
  @Option(help: .key("train.threads", "n")) var threads: String?
  @Option(help: .key("train.seed", "n")) var seed: String?
  @OptionGroup var log: LogOptions

  /// The configuration: defaults, then recipe, file, environment, `--set`, then the flags above.
  func resolve(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    extra: [(flag: String, path: String, text: String?)] = [], isCoordinator: Bool = false
  ) throws -> ResolvedConfiguration {
    let folder = FileManager.default.currentDirectoryPath
    var resolver = ConfigurationResolver(workingFolder: folder)
    if let recipe { try resolver.read(recipe: recipe) }
    if let config { try resolver.read(file: config) }
    try resolver.apply(environment: environment)
    for assignment in set { try resolver.apply(assignment: assignment) }
    for (flag, path, text) in flags + log.flags + extra {
      try resolver.apply(flag: flag, to: path, text)
    }
    if isCoordinator { try resolver.apply(launch: environment) }
    return try resolver.resolve()
  }

  private var flags: [(flag: String, path: String, text: String?)] {
    [
      ("--data", "data.path", data), ("--out", "out", out), ("--model", "model.name", model),
      ("--loss", "loss", loss), ("--controller", "search.controller.file", controller),
      ("--epochs", "train.epochs", epochs),
      ("--max-steps", "train.maxSteps", maxSteps), ("--batch-size", "train.batchSize", batchSize),
      ("--learning-rate", "train.learningRate", learningRate),
      ("--threads", "train.threads", threads), ("--seed", "train.seed", seed),
    ]
  }
}

extension ArgumentHelp {
  /// What the table of keys says of the key at `path`, for the flag that sets it.
  static func key(_ path: String, _ valueName: String) -> ArgumentHelp {
    guard let key = ConfigurationKey.named(path) else {
      preconditionFailure("\(path) is not a configuration key")
    }
    var text = key.summary.prefix(1).uppercased() + key.summary.dropFirst()
    if case .choice(let names) = key.type { text += ": " + names.joined(separator: ", ") }
    let standard = key.value(in: RunConfiguration()).yaml
    if standard != "\"\"" { text += " (default: \(standard))" }
    return ArgumentHelp("\(text).", valueName: valueName)
  }
}
