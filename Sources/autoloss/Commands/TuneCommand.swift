import ArgumentParser
import Datasets
import Foundation
import Reporting
import Studies
import Training

extension TuningObjective: ExpressibleByArgument {}

/// Searches for good values of configuration keys.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search for good hyper-parameters, or for weights of losses, by BOHB.",
    discussion: """
      A file says which keys of the configuration vary, and between which values; everything else \
      is given as for `train`. Many short runs are made, the best of each round go on for longer, \
      and new trials are drawn where good ones were (docs/tuning.md). Runs are processes of this \
      program. The same command goes on where a search was stopped; the same seed makes the same \
      search, with any number of jobs. Validation rows decide; test rows are not looked at.

      EXAMPLE: a search space; a search; a longer one; the best, trained to its end
        echo 'train.learningRate: {log-uniform: [1e-4, 1e-2]}' > space.yaml
        autoloss tune --data data --space space.yaml --loss fixed:ce
        autoloss tune --data data --space space.yaml --loss fixed:ce --brackets 8 --jobs 2
        autoloss train --config tune/best.yaml --out run

      EXAMPLE: BOHB of the paper's table 2: weights of losses, the same for all examples
        echo 'loss: {simplex: [focal, kl, hinge, ce]}' > weights.yaml
        autoloss tune --data data --space weights.yaml --recipe paper --out weights
      """)

  @Option(
    help: ArgumentHelp("YAML file of keys with their ranges (docs/tuning.md).", valueName: "file"))
  var space: String

  @Option(
    help: ArgumentHelp(
      "Steps of the shortest runs (default: a 27th of --max-budget).", valueName: "steps"))
  var minBudget: Int?

  @Option(
    help: ArgumentHelp("Steps of the longest runs (default: an epoch).", valueName: "steps"))
  var maxBudget: Int?

  @Option(
    help: ArgumentHelp(
      "One trial in so many goes on, with so many times the steps.", valueName: "n"))
  var eta = 3

  @Option(
    help: ArgumentHelp(
      "Brackets of Hyperband (default: one of each kind); more of them go on with a search that "
        + "has ended.", valueName: "n"))
  var brackets: Int?

  @Option(
    help: ArgumentHelp("Runs of each trial, whose figures are averaged.", valueName: "n"))
  var seeds = 1

  @Option(help: "What is to be as good as it can, on validation rows.")
  var objective = TuningObjective.auc

  @Flag(help: "Check everything and print the rounds, without making them.")
  var dryRun = false

  @OptionGroup var runs: RunOptions
  @OptionGroup var processes: ProcessOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    for (flag, value, range) in [
      ("--min-budget", minBudget, 1...Int.max), ("--max-budget", maxBudget, 1...Int.max),
      ("--eta", eta, 2...1000), ("--brackets", brackets, 1...100_000), ("--seeds", seeds, 1...1000),
    ] {
      if let value, !range.contains(value) {
        let limits =
          range.upperBound == .max
          ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        throw ValidationError("\(flag) must be \(limits), not \(value).")
      }
    }
    if let minBudget, let maxBudget, minBudget > maxBudget {
      throw ValidationError("--min-budget is more than --max-budget.")
    }
  }

  func run() throws {
    let folder = StudyFolder(runs.out ?? "tune")
    let settings = try settings(folder)
    if dryRun {
      _ = try TuningRunner(folder, settings)
      return try list(settings)
    }
    let lock = try folder.claim()
    defer { lock.release() }
    let result = try TuningRunner(folder, settings).make()
    let text = try folder.publish(result)
    if report.json { try Output.json(result.table) } else { try Output.line(text) }
    guard result.best == nil else { return }
    throw Failure(
      "every trial failed, so there is no best one", at: folder.url.appending(path: "logs").path,
      remedy: "see the reasons in the table; begin with another search space in another --out",
      exitCode: .configuration)
  }

  /// A round as a dry run lists it.
  private struct Planned: Encodable {
    var bracket: Int
    var rung: Int
    var trials: Int
    var steps: Int
  }

  private func list(_ settings: TuningRunner.Settings) throws {
    let rounds = (0..<settings.brackets).flatMap { bracket in
      settings.hyperband.bracket(bracket).enumerated().map { rung, planned in
        Planned(
          bracket: bracket + 1, rung: rung + 1, trials: planned.points, steps: planned.budget)
      }
    }
    try Output.list(rounds, json: report.json, head: ["bracket", "rung", "trials", "steps"]) {
      ["\($0.bracket)", "\($0.rung)", "\($0.trials)", "\($0.steps)"]
    }
  }

  private func settings(_ folder: StudyFolder) throws -> TuningRunner.Settings {
    let space = try TuningSpaceFile.read(space)
    var base = try runs.resolve().configuration
    guard !base.data.path.isEmpty else {
      throw Failure(
        "no data to train on was given", at: "data.path",
        remedy: "add --data FOLDER, a folder that `autoloss prepare` wrote",
        exitCode: .configuration)
    }
    guard base.train.maxSteps == 0 else {
      throw Failure(
        "a search gives each run its number of steps, but train.maxSteps is set",
        at: "train.maxSteps", remedy: "leave it out, and use --max-budget",
        exitCode: .configuration)
    }
    base.out = folder.url.appending(path: "best").path
    let hyperband = try Self.hyperband(base, least: minBudget, most: maxBudget, eta: eta)
    return TuningRunner.Settings(
      base: base, space: space, hyperband: hyperband, brackets: brackets ?? hyperband.cycle,
      seeds: seeds, objective: objective, jobs: processes.jobs, launcher: processes.launcher)
  }

  /// The rungs for runs of up to `most` steps, or an epoch.
  static func hyperband(
    _ base: RunConfiguration, least: Int?, most: Int?, eta: Int
  ) throws -> Hyperband {
    let most = try most ?? TuningRunner.stepsPerEpoch(base, Dataset(folder: base.data.path))
    guard most > 0, least ?? 1 <= most else {
      throw Failure(
        "the shortest runs are to make \(least ?? 1) steps, the longest only \(most)",
        at: "--min-budget", remedy: "lower it, or set --max-budget", exitCode: .configuration)
    }
    return Hyperband(least: least ?? max(1, most / 27), most: most, eta: eta)
  }
}

extension StudyFolder {
  /// Writes the tables and the best configuration of a search; returns the table's text.
  func publish(_ result: TuningRunner.Result) throws -> String {
    let place = url.appending(path: "best.yaml")
    let text = TuningText.page(result.table, place: place.path)
    try write(text + "\n", to: url.appending(path: "table.txt"))
    try write(try JSONText.page(result.table) + "\n", to: url.appending(path: "table.json"))
    try write(StudyCSV.trials(result.table), to: url.appending(path: "trials.csv"))
    if let best = result.best {
      let name = result.table.best ?? ""
      try write("# \(name) of a search by `autoloss tune`\n" + best.yaml, to: place)
    }
    return text
  }
}
