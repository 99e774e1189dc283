import Datasets
import Foundation
import Reporting
import Search
import Studies
import Training

/// Makes the runs of a study as processes of this program, and keeps what they come to.
///
/// One thread starts processes, looks after them and takes what they have found. A run that has
/// its figures is never made again; one that was stopped goes on from its checkpoint.
final class StudyRunner {
  /// How runs are made.
  struct Settings {
    /// What their configurations begin with; instead of it `base`, which is whole.
    var recipe: Recipe?
    /// What their configurations are but for what runs vary; nil for recipe and environment.
    var base: RunConfiguration?
    /// What the study itself begins with, `key=value`.
    var basis: [String] = []
    /// `key=value` for all of them.
    var assignments: [String] = []
    /// How many are made at a time.
    var jobs: Int
    /// How processes are started.
    var launcher = ChildProcess.Launcher()
    /// The rows that models are measured on: test rows by a process of their own, validation rows
    /// by what the run itself has found for its best model.
    var split = Split.test
    /// The environment that configurations are taken from.
    var environment = ProcessInfo.processInfo.environment
  }

  /// A run under way.
  private struct Job {
    var run: StudyRun
    var child: ChildProcess
    /// Whether it is trained already and being measured.
    var isMeasured: Bool
  }

  /// How long runs may take to save themselves when the study is stopped.
  private static let patienceSeconds = 300.0

  private let runs: [StudyRun]
  private let folder: StudyFolder
  private let settings: Settings
  private let stop: StopSignal
  private let console: Console
  private let program: String
  private let configurations: [String: RunConfiguration]
  private let identities: [String: String]
  private var figures: [String: StudyFigures]
  private var agenda: StudyAgenda
  private var jobs: [Job] = []
  private var waitedFor: Set<String> = []
  private var exitCodes: [String: Int32] = [:]

  /// How many classes the labels of the runs are of.
  let classes: Int

  /// Resolves and checks the configuration of every run before the first of them is made, and finds
  /// those that are finished. Runs in `refused` are not made, for the reasons there.
  init(
    _ runs: [StudyRun], _ folder: StudyFolder, _ settings: Settings,
    refused: [String: String] = [:], stop: StopSignal = StopSignal(),
    console: Console = .standardError
  ) throws {
    (self.runs, self.folder, self.settings) = (runs, folder, settings)
    (self.stop, self.console) = (stop, console)
    program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    var datasets: [String: Dataset] = [:]
    for path in Set(runs.map(\.data)) { datasets[path] = try Dataset(folder: path) }
    classes = runs.first.flatMap { datasets[$0.data] }?.classes ?? 2
    var configurations: [String: RunConfiguration] = [:]
    var identities: [String: String] = [:]
    var known: [String: StudyFigures] = [:]
    var failed: [String: StudyFolder.Record] = [:]
    for run in runs where refused[run.name] == nil {
      let configuration = try Self.configuration(run, folder, settings)
      let identity = Self.identity(
        configuration, dataHash: datasets[run.data]?.manifest.dataHash ?? "")
      let record = try folder.kept(run, identity: identity)
      known[run.name] = record?.figures
      if record?.failure != nil { failed[run.name] = record }
      (configurations[run.name], identities[run.name]) = (configuration, identity)
    }
    (self.configurations, self.identities, figures) = (configurations, identities, known)
    agenda = StudyAgenda(runs, jobs: settings.jobs, done: Set(known.keys))
    for (name, reason) in refused {
      agenda.end(name, failure: reason)
      exitCodes[name] = ExitCode.configuration.rawValue
    }
    for (name, record) in failed {
      agenda.end(name, failure: record.failure)
      exitCodes[name] = record.exitCode
    }
  }

  /// Makes all runs that are not finished; returns what became of each, in their order.
  ///
  /// Throws with code 75 when it was stopped from outside: runs under way save themselves first.
  func make() throws -> [StudyOutcome] {
    // A search goes through all its finished rounds before it comes to one with something to do.
    if !figures.isEmpty, !agenda.isOver || settings.split == .test {
      tell("\(figures.count) of \(runs.count) runs are finished already")
    }
    while !agenda.isOver {
      try collect()
      if stop.isRequested { try interrupt() }
      try startWhatMayBegin()
      if !agenda.isOver { Thread.sleep(forTimeInterval: 0.05) }
    }
    return runs.map { run in
      var outcome = StudyOutcome(
        run: run, figures: figures[run.name],
        objective: configurations[run.name].flatMap(Self.objective))
      if case .failed(let reason) = agenda.states[run.name] {
        (outcome.failure, outcome.exitCode) = (reason, exitCodes[run.name])
      }
      return outcome
    }
  }

  /// Keeps what failed as finished: the same runs are not made again. For a search, whose way
  /// follows from its failures too.
  func keepFailures() throws {
    for run in runs {
      guard case .failed(let reason) = agenda.states[run.name], let identity = identities[run.name],
        !FileManager.default.fileExists(atPath: folder.record(run.name).path)
      else { continue }
      try folder.keep(
        StudyFolder.Record(
          run: run, identity: identity, failure: reason, exitCode: exitCodes[run.name]))
    }
  }

  /// Whether nothing is left to be made.
  var isOver: Bool { agenda.isOver }

  private func tell(_ sentence: String) { console.line(sentence) }
}

/// What a run is.
extension StudyRunner {
  /// The configuration of a run; throws where its values do not fit together.
  static func configuration(
    _ run: StudyRun, _ folder: StudyFolder, _ settings: Settings
  ) throws -> RunConfiguration {
    var resolver = ConfigurationResolver(workingFolder: FileManager.default.currentDirectoryPath)
    if let base = settings.base {
      try resolver.read(yaml: base.yaml, named: "the configuration of all runs", folder: "/")
    } else {
      if let recipe = settings.recipe { try resolver.read(recipe: recipe) }
      for assignment in settings.basis { try resolver.apply(assignment: assignment) }
      try resolver.apply(environment: settings.environment)
    }
    var assignments = settings.assignments
    assignments += [
      "model.name=\(run.model)", "loss=\(run.method.loss)", "train.seed=\(run.seed)",
      "data.path=\(run.data)", "out=\(folder.run(run.folderName).url.path)",
    ]
    assignments += run.method.settings
    if let lender = run.controllerOf {
      assignments.append("search.controller.file=\(folder.run(lender).controller.path)")
    }
    for assignment in assignments { try resolver.apply(assignment: assignment) }
    var configuration = try resolver.resolve().configuration
    if configuration.train.threads == 0 {
      let processors = ProcessInfo.processInfo.activeProcessorCount
      configuration.train.threads = max(1, processors / settings.jobs)
    }
    return configuration
  }

  /// What the updates of a run's controller lower; nil where none is updated on validation rows.
  private static func objective(_ configuration: RunConfiguration) -> String? {
    let search = configuration.search
    guard search.controller.file.isEmpty, Strategy.learnsFromValidation(configuration.loss) else {
      return nil
    }
    let keys =
      ["search.upper", "search.virtualStep"]
      + (search.virtualRule == .sgd ? [] : ["search.virtualRule"])
    return keys.compactMap { name in
      ConfigurationKey.named(name).map { "\(name)=\($0.value(in: configuration).yaml)" }
    }.joined(separator: ", ")
  }

  /// What the figures of a run depend on.
  private static func identity(_ configuration: RunConfiguration, dataHash: String) -> String {
    configuration.canonicalText + "train.epochs: \(configuration.train.epochs)\n"
      + "train.maxSteps: \(configuration.train.maxSteps)\ndata: \(dataHash)\n"
  }
}

/// Starting and ending processes.
extension StudyRunner {
  private func startWhatMayBegin() throws {
    var held: Set<String> = []
    while let run = agenda.next(avoiding: held) {
      if try folder.run(run.folderName).isHeld {
        held.insert(run.name)
        _ = tellsOfWaiting(for: run)
        continue
      }
      try begin(run)
    }
  }

  /// Says that a run is waited for, unless that was said before; whether it was news.
  private func tellsOfWaiting(for run: StudyRun) -> Bool {
    guard waitedFor.insert(run.name).inserted else { return false }
    tell("the run \(run.name) is still being made by an earlier start; it is waited for")
    return true
  }

  private func begin(_ run: StudyRun) throws {
    let place = folder.configuration(run.name)
    try folder.write(configurations[run.name]?.yaml ?? "", to: place)
    let child = try start(
      run, ["train", "--config", place.path, "--resume", "auto", "--json"], "train")
    jobs.append(Job(run: run, child: child, isMeasured: false))
    agenda.begin(run.name)
    tell("\(run.name) begins")
  }

  private func start(_ run: StudyRun, _ command: [String], _ phase: String) throws -> ChildProcess {
    try ChildProcess(
      [program] + command, through: settings.launcher,
      output: folder.log(run.name, "\(phase).json"), errors: folder.log(run.name, "\(phase).log"))
  }

  /// Takes what processes that have ended have found.
  private func collect() throws {
    for job in jobs where !job.child.isRunning {
      jobs.removeAll { $0.run.name == job.run.name }
      guard job.child.exitCode == 0 else {
        if try isTaken(job) {
          agenda.putBack(job.run.name)
        } else {
          exitCodes[job.run.name] = job.child.exitCode
          end(job.run, failure: Self.reason(job))
        }
        continue
      }
      if job.isMeasured || settings.split == .validation {
        try keep(job)
      } else {
        try measure(job.run)
      }
    }
  }

  /// Whether a process of an earlier start took the run's folder after this one had looked.
  private func isTaken(_ job: Job) throws -> Bool {
    guard !job.isMeasured, job.child.exitCode == ExitCode.cannotCreate.rawValue else {
      return false
    }
    return try tellsOfWaiting(for: job.run) || folder.run(job.run.folderName).isHeld
  }

  private static func reason(_ job: Job) -> String {
    let code = job.child.exitCode
    return code == ExitCode.interrupted.rawValue
      ? "it was stopped from outside and goes on when the same command is given again"
      : "\(job.isMeasured ? "measuring it" : "it") ended with code \(code): \(job.child.lastWords)"
  }

  private func measure(_ run: StudyRun) throws {
    let threads = configurations[run.name]?.train.threads ?? 1
    let child = try start(
      run,
      [
        "evaluate", "--run", folder.run(run.folderName).url.path, "--data", run.data,
        "--split", settings.split.rawValue, "--threads", "\(threads)", "--json",
      ], "test")
    jobs.append(Job(run: run, child: child, isMeasured: true))
  }

  private func keep(_ job: Job) throws {
    let run = job.run
    let found: StudyFigures
    do { found = try measured(run, job.child.output) } catch {
      let reason = Explanation.of(error)?.what ?? "\(error)"
      return end(run, failure: "its figures cannot be read: \(reason)")
    }
    try folder.keep(
      StudyFolder.Record(run: run, identity: identities[run.name] ?? "", figures: found))
    figures[run.name] = found
    end(run, failure: nil)
  }

  private func end(_ run: StudyRun, failure: String?) {
    agenda.end(run.name, failure: failure)
    let (ended, all) = agenda.progress
    let result = figures[run.name].map {
      "AUC \(Wording.auc($0.auc)), logloss \(Figures.fixed($0.logloss, 5))"
    }
    tell("\(ended) of \(all) runs: \(run.name), \(failure ?? result ?? "")")
  }

  private func measured(_ run: StudyRun, _ output: Data) throws -> StudyFigures {
    let summaries = try RunHistory(file: folder.run(run.folderName).metrics).summaries
    var figures = try quality(output)
    figures.steps = summaries.last?.step ?? figures.steps
    figures.checksum = summaries.last?.checksum ?? ""
    // Of all processes that worked at the run: each measured its own steps.
    let examples = Double(summaries.reduce(0) { $0 + $1.examples })
    let batch = Double(configurations[run.name]?.train.batchSize ?? 0)
    if examples > 0 {
      let step = summaries.reduce(0) { $0 + $1.seconds } * batch / examples
      (figures.stepMilliseconds, figures.seconds) = (step * 1000, step * Double(figures.steps))
    }
    if settings.split == .test { figures.answers = try answers(run) }
    return figures
  }

  /// What the last process of a run has found out about its model.
  private func quality(_ output: Data) throws -> StudyFigures {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard settings.split == .validation else {
      let found = try decoder.decode(EvaluationResult.self, from: output)
      return StudyFigures(
        auc: found.auc, logloss: found.logloss, scaledLogloss: found.scaledLogloss,
        calibrationError: found.calibrationError, steps: found.step)
    }
    guard let best = try decoder.decode(RunSummary.self, from: output).best else {
      throw Failure(
        "the run was not measured on validation rows",
        remedy: "prepare the data with a validation share above 0 (--split)", exitCode: .badData)
    }
    return StudyFigures(
      auc: best.auc.isFinite ? best.auc : nil, logloss: best.logloss,
      scaledLogloss: best.scaledLogloss, calibrationError: best.calibrationError,
      steps: best.step)
  }

  /// What the controller of a finished run answers; nil where it has none.
  private func answers(_ run: StudyRun) throws -> [StudyAnswer]? {
    let place = folder.run(run.folderName)
    guard FileManager.default.fileExists(atPath: place.controller.path),
      let response = try TrainedModel(runFolder: place.url.path).response
    else { return nil }
    return response.candidates.indices.flatMap { candidate in
      response.answers.indices.map { label in
        let values = response.answers[label].map { Double($0[candidate]) }
        return StudyAnswer(
          candidate: response.candidates[candidate], label: label,
          mean: values.reduce(0, +) / Double(values.count), least: values.min() ?? 0,
          most: values.max() ?? 0)
      }
    }
  }

  /// Lets the runs under way save themselves, and ends the study.
  private func interrupt() throws {
    for job in jobs { job.child.stop() }
    let deadline = ContinuousClock.now + .seconds(Self.patienceSeconds)
    while jobs.contains(where: \.child.isRunning), ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.05)
    }
    let late = jobs.filter(\.child.isRunning).map(\.run.name)
    if !late.isEmpty { tell("still saving, and left to it: \(late.joined(separator: ", "))") }
    let (ended, all) = agenda.progress
    throw Failure(
      "stopped from outside with \(ended) of \(all) runs ended", at: folder.url.path,
      remedy: "go on with the same command line", exitCode: .interrupted)
  }
}
