import Datasets
import Foundation
import Kernels
import Reporting
import Studies
import Training

/// Searches for a configuration by BOHB, whose trials are runs as a study makes them.
///
/// What to try is decided between rounds from what earlier rounds came to, so a search that was
/// stopped finds its way again from the figures in its folder.
final class TuningRunner {
  /// What is searched for, and how.
  struct Settings {
    /// All that does not vary; its seed is the first of the runs' seeds, and that of the draws.
    var base: RunConfiguration
    /// What varies.
    var space: TuningSpace
    /// Steps of the rungs.
    var hyperband: Hyperband
    /// How many brackets are made.
    var brackets: Int
    /// Runs of each trial, with seeds one after the other.
    var seeds = 1
    /// What is to be as good as it can.
    var objective = TuningObjective.auc
    /// Runs at a time.
    var jobs = 1
    /// How processes are started.
    var launcher = ChildProcess.Launcher()
  }

  /// What was found.
  struct Result {
    /// Every trial.
    var table: TuningTable
    /// The configuration of the best one, of the length and in the place that the base has; nil
    /// when none came through.
    var best: RunConfiguration?
    /// Steps of all runs together.
    var steps: Int
  }

  private let folder: StudyFolder
  private let settings: Settings
  private let console: Console
  private let stop: StopSignal
  private let identity: String
  private var outcomes: [Int: [Int: [StudyOutcome]]] = [:]

  /// Checks what can be checked before the first run; the folder's search must be this one.
  init(
    _ folder: StudyFolder, _ settings: Settings, stop: StopSignal = StopSignal(),
    console: Console = .standardError
  ) throws {
    (self.folder, self.settings, self.stop, self.console) = (folder, settings, stop, console)
    let dataset = try Dataset(folder: settings.base.data.path)
    identity = try Self.identity(settings, dataHash: dataset.manifest.dataHash)
    guard dataset.rowCount(of: .validation) > 0 else {
      throw Failure(
        "a search ranks its trials by validation rows, and there are none", at: dataset.folder,
        remedy: "prepare the data with a validation share above 0 (--split)", exitCode: .badData)
    }
    let steps = Self.stepsPerEpoch(settings.base, dataset) * settings.base.train.epochs
    if let most = settings.hyperband.budgets.last, most > steps {
      throw Failure(
        "the longest runs are to make \(most) steps, but train.epochs ends runs after \(steps)",
        at: "train.epochs", remedy: "make shorter runs, or set it to more",
        exitCode: .configuration)
    }
    let trials = settings.hyperband.bracket(0).first?.points ?? 0
    guard trials <= 100_000 else {
      throw Failure(
        "the first bracket would have \(trials) trials", at: "--min-budget",
        remedy: "set it to more, so that budgets differ less", exitCode: .configuration)
    }
    guard settings.base.train.seed <= .max - settings.seeds else {
      throw Failure(
        "there are not so many seeds above \(settings.base.train.seed)", at: "train.seed",
        remedy: "choose a lower one", exitCode: .configuration)
    }
    try requireSameSearch()
  }

  /// Steps of one epoch of the base.
  static func stepsPerEpoch(_ base: RunConfiguration, _ dataset: Dataset) -> Int {
    let batch = base.train.batchSize
    return (dataset.rowCount(of: .train) + batch - 1) / batch
  }

  /// Makes all rounds that are not finished.
  ///
  /// Throws with code 75 when it was stopped from outside, with 69 when runs failed for reasons
  /// that lie outside of their configurations, so that a search never depends on such.
  func make() throws -> Result {
    try folder.write(identity, to: folder.search)
    var search = BOHB(
      axes: settings.space.axes, hyperband: settings.hyperband, brackets: settings.brackets)
    console.line(
      "a search of \(search.plannedTrials) trials in \(settings.brackets) brackets, of up to "
        + settings.hyperband.budgets.map(String.init).joined(separator: ", ") + " steps")
    let randomness = Randomness(
      seed: UInt64(settings.base.train.seed), purpose: .tuning)
    while let round = search.nextRound(draws: { RandomSequence(randomness, example: $0) }) {
      let losses = try make(round, of: search)
      search.end(round, losses: losses)
      try tidy(round, search)
    }
    return try result(search)
  }

  /// A folder has one search: what it depends on, but for its length, must be as it was.
  private func requireSameSearch() throws {
    let (place, files) = (folder.search, FileManager.default)
    guard files.fileExists(atPath: place.path) else {
      guard files.fileExists(atPath: folder.studyTable.path) else { return }
      throw Failure(
        "the folder is that of a study, whose table a search would replace", at: folder.url.path,
        remedy: "choose another folder", exitCode: .configuration)
    }
    guard let old = try? String(contentsOf: place, encoding: .utf8) else {
      throw Failure(
        "what the folder's search depends on cannot be read", at: place.path,
        remedy: "restore the file, or choose another folder", exitCode: .badData)
    }
    guard old != identity else { return }
    throw Failure(
      "the folder has another search: "
        + StudyFolder.difference(old, identity, otherwise: "the same lines in another order"),
      at: place.path, remedy: "repeat the search's own command line, or choose another folder",
      exitCode: .configuration)
  }

  private static func identity(_ settings: Settings, dataHash: String) throws -> String {
    // What the base says of keys that vary is never looked at.
    var varied = Set(settings.space.dimensions.map(\.key))
    if settings.space.hasWeights { varied.insert("search.candidates") }
    let file = settings.base.search.controller.file
    let controller = try file.isEmpty ? "" : "controller: \(SHA256.file(file))\n"
    let kept = settings.base.canonicalText.split(separator: "\n").filter { line in
      !varied.contains(String(line.prefix { $0 != ":" }))
    }
    return kept.map { "\($0)\n" }.joined() + settings.space.description + "data: \(dataHash)\n"
      + controller + "budgets: \(settings.hyperband.budgets)\neta: \(settings.hyperband.eta)\n"
      + "seeds: \(settings.seeds)\nobjective: \(settings.objective.rawValue)\n"
  }
}

/// Rounds.
extension TuningRunner {
  private func make(_ round: BOHB.Round, of search: BOHB) throws -> [Int: Double] {
    let runs = round.trials.flatMap { number in
      self.runs(search.trials[number - 1], steps: round.budget)
    }
    try requireShorterFigures(round, search)
    let settings = runSettings
    var refused: [String: String] = [:]
    for run in runs {
      do { _ = try StudyRunner.configuration(run, folder, settings) } catch {
        refused[run.name] = Explanation.of(error)?.what ?? "\(error)"
      }
    }
    let runner = try StudyRunner(
      runs, folder, settings, refused: refused, stop: stop, console: console)
    if !runner.isOver { tell(round, search) }
    let found = try runner.make()
    try requireReasonable(found)
    try runner.keepFailures()
    var losses: [Int: Double] = [:]
    for (index, number) in round.trials.enumerated() {
      let own = Array(found[index * self.settings.seeds..<(index + 1) * self.settings.seeds])
      outcomes[number, default: [:]][round.budget] = own
      losses[number] = self.settings.objective.loss(of: own)
    }
    return losses
  }

  /// A run that has gone on has lost the state of its shorter self: without figures of that, the
  /// search would take another way than before.
  private func requireShorterFigures(_ round: BOHB.Round, _ search: BOHB) throws {
    func isMissing(_ run: StudyRun) -> Bool {
      !FileManager.default.fileExists(atPath: folder.record(run.name).path)
    }
    for trial in round.trials.map({ search.trials[$0 - 1] }) {
      for budget in settings.hyperband.budgets where budget > round.budget {
        let pairs = zip(runs(trial, steps: round.budget), runs(trial, steps: budget))
        for (short, long) in pairs where isMissing(short) && !isMissing(long) {
          throw Failure(
            "the figures of the run \(short.name) are gone, but it went on to \(long.name)",
            at: folder.record(short.name).path,
            remedy: "restore the file, or begin again in another folder", exitCode: .badData)
        }
      }
    }
  }

  private func tell(_ round: BOHB.Round, _ search: BOHB) {
    console.line(
      "bracket \(round.bracket) of \(settings.brackets), rung \(round.rung): "
        + "\(round.trials.count) trials of up to \(round.budget) steps")
  }

  private func runs(_ trial: BOHB.Trial, steps: Int) -> [StudyRun] {
    (0..<settings.seeds).map { index in
      StudyRun.trial(
        trial.number, seed: settings.base.train.seed + index, steps: steps,
        model: settings.base.model.name.rawValue, loss: settings.base.loss,
        data: settings.base.data.path, settings: settings.space.assignments(trial.point))
    }
  }

  private var runSettings: StudyRunner.Settings {
    StudyRunner.Settings(
      base: settings.base, jobs: settings.jobs, launcher: settings.launcher, split: .validation)
  }

  /// What a configuration is to blame for counts against it; what the machine or the folder is to
  /// blame for must not steer the search.
  private func requireReasonable(_ outcomes: [StudyOutcome]) throws {
    let others = outcomes.filter { $0.failure != nil && !isToBlame($0) }
    guard let first = others.first else { return }
    throw Failure(
      "\(others.count) of \(outcomes.count) runs of the round failed, the first: "
        + "\(first.run.name), \(first.failure ?? "")", at: folder.url.appending(path: "logs").path,
      remedy: "mend what the logs tell, and go on with the same command line; where a run dies"
        + " each time, begin with another search space in another --out",
      exitCode: .unavailable)
  }

  /// Whether a run failed by its own values: they do not fit together, or a gradient is not finite.
  ///
  /// Values are refused before the first step, and before a run notes its configuration: what is
  /// refused later is its folder, such as one of other data, and not the values.
  private func isToBlame(_ outcome: StudyOutcome) -> Bool {
    switch outcome.exitCode {
    case Training.ExitCode.internalFault.rawValue: true
    case Training.ExitCode.configuration.rawValue:
      !FileManager.default.fileExists(
        atPath: folder.run(outcome.run.folderName).configuration.path)
    default: false
    }
  }

  /// Removes checkpoints that nobody goes on from: all but those of trials in the next round, and
  /// of the best.
  private func tidy(_ round: BOHB.Round, _ search: BOHB) throws {
    let needed = search.goingOn.union(search.best.map { [$0.trial.number] } ?? [])
    for trial in search.trials where !needed.contains(trial.number) {
      for run in runs(trial, steps: round.budget) {
        let place = folder.run(run.folderName).checkpoints
        guard FileManager.default.fileExists(atPath: place.path) else { continue }
        try FileManager.default.removeItem(at: place)
      }
    }
  }
}

/// The end.
extension TuningRunner {
  private func result(_ search: BOHB) throws -> Result {
    let space = settings.space
    var table = TuningTable(
      settings.objective, search, hyperband: settings.hyperband,
      keys: space.dimensions.map(\.key), values: { space.values($0.point).map(\.text) },
      outcomes: outcomes)
    table.notes = [
      "Figures are of validation rows, of each run's best model; the search chose by them, so they "
        + "flatter the best trial. Test rows were not looked at.",
      "A trial that did well goes on with more steps; one that failed counts as the worst.",
    ]
    let best = try search.best.map { try configuration($0.trial) }
    return Result(table: table, best: best, steps: steps(search))
  }

  private func configuration(_ trial: BOHB.Trial) throws -> RunConfiguration {
    guard let run = runs(trial, steps: 1).first else { return settings.base }
    var configuration = try StudyRunner.configuration(run, folder, runSettings)
    configuration.out = settings.base.out
    configuration.train.maxSteps = settings.base.train.maxSteps
    configuration.train.threads = settings.base.train.threads
    return configuration
  }

  /// Trials go on from where they stood: with each seed, each made as many steps as its longest
  /// run that has figures.
  private func steps(_ search: BOHB) -> Int {
    search.trials.reduce(0) { sum, trial in
      let budgets = (outcomes[trial.number] ?? [:]).values
      return (0..<settings.seeds).reduce(sum) { sum, index in
        sum + (budgets.compactMap { $0[index].figures?.steps }.max() ?? 0)
      }
    }
  }
}

extension TuningSpace {
  /// The axes of its coordinates.
  var axes: [SearchAxis] {
    dimensions.flatMap { dimension -> [SearchAxis] in
      switch dimension.range {
      case .uniform, .logUniform, .logInteger: [.continuous]
      case .integer(let range): [.ordered(range.count)]
      case .choice(let texts): [.unordered(texts.count)]
      case .simplex(let losses): Array(repeating: .continuous, count: losses.count - 1)
      }
    }
  }
}
