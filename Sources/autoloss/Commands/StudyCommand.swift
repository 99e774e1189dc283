import ArgumentParser
import Foundation
import Reporting
import Studies
import Training

extension StudyKind: ExpressibleByArgument {}

/// Runs a study of the paper again.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Run a study of the AutoLoss paper again, and print its table with statistics.",
    discussion: """
      A study is a grid of runs: models, losses and seeds. Each is trained and measured on the \
      test rows by processes of this program, in a run folder of its own. The same command goes on \
      where a study was stopped: finished runs are kept. The table has mean and deviation over \
      seeds, paired and Welch's t-tests against the study's own method, the paper's figures and \
      times; it is written as text, CSV and JSON too (docs/studies.md).

      EXAMPLE: table 2 with five seeds; smaller and faster; what would be run; on a Slurm cluster
        autoloss study table2 --data data --seeds 5
        autoloss study table3 --data data --seeds 3 --models deepfm --set train.epochs=1 --jobs 2
        autoloss study frequency --data data --every 1,7 --dry-run
        autoloss study planted --seeds 10 --jobs 2
        autoloss study transfer --data criteo --target-data avazu --jobs 8 \\
          --launch 'srun --exclusive -N1 -n1 {command}'
      """)

  @Argument(
    help: ArgumentHelp(
      StudyKind.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: " ")))
  var study: StudyKind

  @Option(
    help: ArgumentHelp(
      "Folder that `prepare` wrote; for `planted`, which makes its own data, where that goes "
        + "(default: in its folder).", valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Data of the same task to which `transfer` carries controllers as well.",
      valueName: "folder"))
  var targetData: String?

  @Option(help: ArgumentHelp("Runs of each cell, with seeds 1, 2, ….", valueName: "n"))
  var seeds = 5

  @Option(
    help: ArgumentHelp("Where everything goes (default: study-NAME).", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Models, separated by commas (default: the paper's); the first lends its controller in "
        + "`transfer`.", valueName: "names"))
  var models: String?

  @Option(help: ArgumentHelp("For `frequency`: steps between updates.", valueName: "numbers"))
  var every: String?

  @Option(help: ArgumentHelp("For `planted`: rows of each data set.", valueName: "n"))
  var rows: Int?

  @Option(
    help: "Values that all runs begin with (default: paper; for `planted` those of `train`).")
  var recipe: Recipe?

  @Option(
    help: ArgumentHelp(
      "Set one value of all runs; what the study varies wins. Repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "For BOHB's row of `table2`: steps of the longest runs of its search (default: an epoch); 0 "
        + "leaves the row out.", valueName: "steps"))
  var searchBudget: Int?

  @OptionGroup var processes: ProcessOptions

  @Flag(help: "Print the runs without making them.")
  var dryRun = false

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (1...1000).contains(seeds) else {
      throw ValidationError("--seeds must be 1 to 1000, not \(seeds).")
    }
    guard data != nil || study == .planted else {
      throw ValidationError("--data is missing: the folder that `prepare` wrote.")
    }
    guard rows == nil || study == .planted else {
      throw ValidationError("--rows is for the study planted.")
    }
    guard (1000...100_000_000).contains(rows ?? 1000) else {
      throw ValidationError("--rows must be 1000 to 100000000.")
    }
    guard targetData == nil || study == .transfer else {
      throw ValidationError("--target-data is for the study transfer.")
    }
    guard searchBudget == nil || study == .table2, searchBudget ?? 0 >= 0 else {
      throw ValidationError("--search-budget is for the study table2, and at least 0.")
    }
    guard every == nil || study == .frequency else {
      throw ValidationError("--every is for the study frequency.")
    }
    _ = try frequencies()
    if let models, Self.words(models).isEmpty { throw ValidationError("--models names none.") }
    if let names = models.map(Self.words), Set(names).count != names.count {
      throw ValidationError("--models names one twice.")
    }
  }

  func run() throws {
    let folder = StudyFolder(out ?? "study-\(study.rawValue)")
    let place = data.map(Self.absolute) ?? folder.url.appending(path: "data").path
    var options = try options(place)
    if dryRun {
      for model in searchedModels { options.searchedWeights[model] = "weights: of a search" }
      return try list(StudyPlan(study, options))
    }
    let lock = try folder.claim()
    defer { lock.release() }
    if study == .planted { try makeData(URL(filePath: place)) }
    let recipe = recipe ?? (study.isOfThePaper ? .paper : nil)
    let settings = StudyRunner.Settings(
      recipe: recipe, basis: study.settings, assignments: set, jobs: processes.jobs,
      launcher: processes.launcher)
    let stop = StopSignal()
    // What is wrong with the other runs is told before the search begins.
    _ = try StudyRunner(StudyPlan(study, options).runs, folder, settings, stop: stop)
    let search = try WeightSearch(searchedModels, options, folder, settings, stop)
      .make(budget: searchBudget)
    options.searchedWeights = search.weights
    let plan = StudyPlan(study, options)
    let runner = try StudyRunner(
      plan.runs, folder, settings, refused: search.refused(plan), stop: stop)
    let outcomes = try runner.make()
    var table = StudyTable(
      plan, outcomes, recipe: recipe?.rawValue ?? "none", settings: set, classes: runner.classes)
    table.notes += search.notes
    let text = try folder.publish(table, outcomes)
    if report.json { try Output.json(table) } else { try Output.line(text) }
    guard table.failures.isEmpty else {
      throw Failure(
        "\(table.failures.count) of \(outcomes.count) runs have no figures",
        at: folder.url.appending(path: "logs").path,
        remedy: "see the reasons in the table and the logs; the same command tries them again",
        exitCode: .unavailable)
    }
  }

  private func makeData(_ folder: URL) throws {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    try PlantedData(folder: folder, rows: rows ?? 75_000, threads: processors)
      .make(seeds: seeds) { Console.standardError.line($0) }
  }

  /// The models whose losses get weights by a search.
  private var searchedModels: [String] {
    guard study == .table2, searchBudget != 0 else { return [] }
    return models.map(Self.words) ?? study.usualModels
  }

  private func options(_ data: String) throws -> StudyPlan.Options {
    var options = StudyPlan.Options(
      models: models.map(Self.words), seeds: seeds, data: data,
      targetData: targetData.map(Self.absolute))
    options.frequencies = try frequencies()
    return options
  }

  private func frequencies() throws -> [Int] {
    guard let every else { return StudyKind.usualFrequencies }
    let words = Self.words(every)
    let numbers = words.compactMap { Int($0) }
    guard !numbers.isEmpty, numbers.count == words.count, Set(numbers).count == numbers.count,
      numbers.allSatisfy({ (1...1_000_000).contains($0) })
    else { throw ValidationError("--every takes different numbers of steps, as in 1,7,11.") }
    return numbers
  }

  private func list(_ plan: StudyPlan) throws {
    try Output.list(
      plan.runs, json: report.json, head: ["run", "model", "loss", "settings", "controller of"]
    ) { run in
      [
        run.name, run.model, run.method.loss, run.method.settings.joined(separator: " "),
        run.controllerOf ?? "",
      ]
    }
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  private static func absolute(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path
  }
}
