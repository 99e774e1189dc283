import ArgumentParser
import Datasets
import Reporting
import Training

extension Split: ExpressibleByArgument {}

/// Measures a run's model.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure AUC and logloss of a run's model on a split.",
    discussion: """
      The model is the result of the run; of a run that has not ended, the best so far. With K \
      classes AUC is the mean of each class against all others. The scaled logloss is that of \
      logits with a slope and a shift (Platt's scaling), with K classes a slope and K shifts, that \
      fit the validation rows.

      EXAMPLE: the test rows, for people and for scripts; the validation rows
        autoloss evaluate --run run --data data --split test
        autoloss evaluate --run run --data data --split test --json
        autoloss evaluate --run run --data data --split validation
      """)

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("Folder that `prepare` wrote.", valueName: "folder"))
  var data: String

  @Option(help: "Which rows.")
  var split = Split.test

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let result = try Evaluation.evaluate(
      runFolder: folder, dataFolder: data, split: split, threads: threads.count)
    if report.json { return try Output.json(result) }
    var table = ResultTable(["evaluation", folder])
    table.add(["split", result.split])
    table.add(["rows", Figures.count(result.rows)])
    table.add(["AUC", figure(result.auc, 5)])
    if result.labelCounts != nil {
      table.add(["weighted AUC", figure(result.weightedAUC, 5)])
      table.add(["accuracy", figure(result.accuracy, 5)])
    }
    table.add(["logloss", figure(result.logloss, 5)])
    table.add(["scaled logloss", figure(result.scaledLogloss, 5)])
    table.add(["calibration error", figure(result.calibrationError, 5)])
    if result.positives != nil {
      table.add(["predicted to actual", figure(result.predictedToActual, 4)])
    }
    table.add(["trained steps", Figures.count(result.step)])
    try Output.line(table.text)
  }

  private func figure(_ value: Double?, _ decimals: Int) -> String {
    value.map { Figures.fixed($0, decimals) } ?? "undefined, one class only"
  }
}
