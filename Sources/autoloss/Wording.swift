import Reporting
import Training

/// The sentences that tell of a run.
enum Wording {
  static func status(_ progress: RunProgress, batchSize: Int, auc: Double?) -> StatusLine {
    let examplesLeft = Double((progress.totalSteps - progress.step) * batchSize)
    let rate = progress.examplesPerSecond
    return StatusLine(
      step: progress.step, totalSteps: progress.totalSteps, epoch: progress.epoch,
      examplesPerSecond: rate, loss: progress.loss, auc: auc, workers: progress.workers,
      remainingSeconds: rate > 0 ? examplesLeft / rate : nil)
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
    table.add(["classes", "\(plan.classes)"])
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
      table.add(["validation AUC", auc(best.auc)])
      if let weighted = best.weightedAUC { table.add(["weighted AUC", auc(weighted)]) }
      if let accuracy = best.accuracy {
        table.add(["validation accuracy", Figures.fixed(accuracy, 5)])
      }
      table.add(["validation logloss", Figures.fixed(best.logloss, 5)])
      if let scaled = best.scaledLogloss {
        table.add(["scaled logloss", Figures.fixed(scaled, 5)])
      }
      if let error = best.calibrationError {
        table.add(["calibration error", Figures.fixed(error, 5)])
      }
    }
    table.add(["time", Figures.duration(summary.seconds)])
    let rate = summary.seconds > 0 ? Double(summary.examples) / summary.seconds : 0
    table.add(["examples", Figures.rate(rate)])
    table.add(["checksum", summary.checksum])
    return table.text
  }

  /// The table that a worker ends with.
  static func worker(_ summary: WorkerSummary) -> String {
    var table = ResultTable(["worker", summary.worker])
    table.add(["coordinator", summary.coordinator])
    table.add(["ended", "\(summary.outcome.rawValue): \(summary.reason)"])
    table.add(["slices", Figures.count(summary.slices)])
    table.add(["examples", Figures.count(summary.examples)])
    table.add(["time", Figures.duration(summary.seconds)])
    return table.text
  }

  /// The table that a server ends with.
  static func server(_ summary: ServerSummary) -> String {
    var table = ResultTable(["server", summary.server])
    table.add(["coordinator", summary.coordinator])
    table.add(["ended", "\(summary.outcome.rawValue): \(summary.reason)"])
    table.add(["steps", Figures.count(summary.steps)])
    table.add(["time", Figures.duration(summary.seconds)])
    return table.text
  }

  /// An AUC with five decimals; rows of one class have none.
  static func auc(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "undefined, one class only" }
    return Figures.fixed(value, 5)
  }

  private static func ending(_ summary: RunSummary) -> String {
    if summary.interrupted { return "interrupted, a checkpoint is written" }
    return summary.stoppedEarly ? "validation no longer improved" : "complete"
  }
}
