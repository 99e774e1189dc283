import Reporting
import Training

/// The sentences that tell of a run.
enum Wording {
  static func start(_ start: RunStart) -> String {
    let from = start.firstStep > 0 ? ", from step \(Figures.count(start.firstStep))" : ""
    return "\(start.model) with \(Figures.count(start.parameters)) parameters, \(start.strategy):"
      + " \(Figures.count(start.rows)) rows, \(Figures.count(start.totalSteps)) steps of"
      + " \(Figures.count(start.batchSize)) in \(start.slices) slices on \(start.threads) threads"
      + " (BLAS kernel \(start.blasKernel))\(from)"
  }

  static func status(_ progress: RunProgress, batchSize: Int, auc: Double?) -> StatusLine {
    let examplesLeft = Double((progress.totalSteps - progress.step) * batchSize)
    let rate = progress.examplesPerSecond
    return StatusLine(
      step: progress.step, totalSteps: progress.totalSteps, epoch: progress.epoch,
      examplesPerSecond: rate, loss: progress.loss, auc: auc, workers: progress.workers,
      remainingSeconds: rate > 0 ? examplesLeft / rate : nil)
  }

  static func evaluation(_ evaluation: RunEvaluation) -> String {
    "validation after step \(Figures.count(evaluation.step)):"
      + " AUC \(Figures.fixed(evaluation.auc, 5)), logloss \(Figures.fixed(evaluation.logloss, 5))"
      + " on \(Figures.count(evaluation.rows)) rows in \(Figures.duration(evaluation.seconds))"
      + (evaluation.isBest ? ", the best so far" : "")
  }

  static func checkpoint(_ checkpoint: RunCheckpoint) -> String {
    "checkpoint of step \(Figures.count(checkpoint.step)): \(Figures.bytes(checkpoint.bytes)),"
      + " training stood still for \(Figures.duration(checkpoint.seconds))"
  }

  static func coverage(_ report: CoverageReport) -> String {
    let name = "epoch \(report.epoch + 1)"
    if report.isExact {
      return "\(name): every one of \(Figures.count(report.rows)) examples counted exactly once"
    }
    return "\(name): \(Figures.count(report.seen)) of \(Figures.count(report.rows)) examples"
      + " counted; \(report.missingSlices) slices missing, \(report.repeatedSlices) repeated"
  }

  /// The table of a dry run.
  static func plan(_ plan: RunPlan) -> String {
    var table = ResultTable(["a run would have", ""])
    table.add(["model", plan.model])
    table.add(["loss", plan.strategy])
    table.add(["training rows", Figures.count(plan.rows)])
    table.add([
      "steps", "\(Figures.count(plan.steps)), \(Figures.count(plan.stepsPerEpoch)) an epoch",
    ])
    table.add(["fields", "\(plan.fields), \(Figures.count(plan.featureValues)) feature values"])
    table.add(["parameters", Figures.count(plan.parameters)])
    table.add(["memory of parameters", Figures.bytes(plan.parameterBytes)])
    table.add(["arithmetic", "\(Figures.operations(plan.flopsPerExample)) for an example"])
    table.add(["threads", "\(plan.threads)"])
    return table.text
  }

  /// The table that ends a run.
  static func summary(_ summary: RunSummary, out: String) -> String {
    var table = ResultTable(["result", "value"])
    table.add(["run", out])
    table.add(["steps", Figures.count(summary.step)])
    table.add(["ended", ending(summary)])
    if let best = summary.best {
      table.add(["best step", Figures.count(best.step)])
      table.add(["validation AUC", Figures.fixed(best.auc, 5)])
      table.add(["validation logloss", Figures.fixed(best.logloss, 5)])
    }
    table.add(["time", Figures.duration(summary.seconds)])
    let rate = summary.seconds > 0 ? Double(summary.examples) / summary.seconds : 0
    table.add(["examples", Figures.rate(rate)])
    table.add(["checksum", summary.checksum])
    return table.text
  }

  private static func ending(_ summary: RunSummary) -> String {
    if summary.interrupted { return "interrupted, a checkpoint is written" }
    return summary.stoppedEarly ? "validation no longer improved" : "complete"
  }
}
