import Logging
import Training

/// What an event of a run is in the log: words that never change, and figures by name.
struct LogEntry {
  let level: Logger.Level
  let message: String
  let details: Logger.Metadata
}

extension LogEntry {
  /// The entry of any event. Figures have the names that `metrics.jsonl` uses.
  init(_ event: RunEvent) {
    switch event {
    case .started(let start): self.init(start)
    case .progress(let progress), .point(let progress): self.init(progress)
    case .evaluated(let evaluation): self.init(evaluation)
    case .checkpointed(let checkpoint): self.init(checkpoint)
    case .epochFinished(let report): self.init(report)
    case .notice(let text, let level):
      self.init(level: level.ofLogger, message: text, details: [:])
    case .finished(let summary):
      self.init(
        level: .info, message: "run ended",
        details: [
          "step": .figure(summary.step), "interrupted": .figure(summary.interrupted),
          "stoppedEarly": .figure(summary.stoppedEarly), "seconds": .figure(summary.seconds),
          "examples": .figure(summary.examples), "checksum": .string(summary.checksum),
        ])
    }
  }

  private init(_ start: RunStart) {
    var details: Logger.Metadata = [
      "model": .string(start.model), "parameters": .figure(start.parameters),
      "strategy": .string(start.strategy), "rows": .figure(start.rows),
      "totalSteps": .figure(start.totalSteps), "batchSize": .figure(start.batchSize),
      "slices": .figure(start.slices), "threads": .figure(start.threads),
      "firstStep": .figure(start.firstStep), "blasKernel": .string(start.blasKernel),
    ]
    if start.classes > 2 { details["classes"] = .figure(start.classes) }
    self.init(
      level: .info, message: start.firstStep > 0 ? "run resumed" : "run started",
      details: details.merging(
        ["pullValues": start.pullValues, "pushValues": start.pushValues]
          .compactMapValues { $0.map(Logger.MetadataValue.string) },
        uniquingKeysWith: { first, _ in first }))
  }

  private init(_ progress: RunProgress) {
    self.init(
      level: .info, message: "progress",
      details: [
        "step": .figure(progress.step), "totalSteps": .figure(progress.totalSteps),
        "epoch": .figure(progress.epoch), "loss": .figure(progress.loss),
        "examplesPerSecond": .figure(progress.examplesPerSecond.rounded()),
        "workers": .figure(progress.workers),
      ].merging(
        progress.staleness.map { ["staleness": .figure($0.mean)] } ?? [:],
        uniquingKeysWith: { first, _ in first }))
  }

  private init(_ evaluation: RunEvaluation) {
    var details: Logger.Metadata = [
      "step": .figure(evaluation.step), "auc": .figure(evaluation.auc),
      "logloss": .figure(evaluation.logloss), "rows": .figure(evaluation.rows),
      "seconds": .figure(evaluation.seconds), "isBest": .figure(evaluation.isBest),
    ]
    if let auc = evaluation.weightedAUC { details["weightedAUC"] = .figure(auc) }
    if let accuracy = evaluation.accuracy { details["accuracy"] = .figure(accuracy) }
    if let loss = evaluation.scaledLogloss { details["scaledLogloss"] = .figure(loss) }
    if let error = evaluation.calibrationError { details["calibrationError"] = .figure(error) }
    self.init(level: .info, message: "validated", details: details)
  }

  private init(_ checkpoint: RunCheckpoint) {
    var details: Logger.Metadata = [
      "step": .figure(checkpoint.step), "path": .string(checkpoint.path),
      "bytes": .figure(checkpoint.bytes), "seconds": .figure(checkpoint.seconds),
      "stallSeconds": .figure(checkpoint.stallSeconds),
    ]
    // Most saves wait neither for the one before them nor for servers.
    if checkpoint.waitSeconds > 0 { details["waitSeconds"] = .figure(checkpoint.waitSeconds) }
    if checkpoint.fetchSeconds > 0 { details["fetchSeconds"] = .figure(checkpoint.fetchSeconds) }
    self.init(level: .info, message: "checkpoint saved", details: details)
  }

  private init(_ report: CoverageReport) {
    self.init(
      level: report.isExact ? .info : .error,
      message: report.isExact
        ? "epoch finished, every example counted once"
        : "epoch finished, not every example counted once",
      details: [
        "epoch": .figure(report.epoch), "rows": .figure(report.rows), "seen": .figure(report.seen),
        "repeatedSlices": .figure(report.repeatedSlices),
        "missingSlices": .figure(report.missingSlices),
      ])
  }
}

extension Logger.MetadataValue {
  /// A whole number.
  static func figure(_ value: Int) -> Self { .stringConvertible(value) }

  /// Yes or no.
  static func figure(_ value: Bool) -> Self { .stringConvertible(value) }

  /// A number with as many decimals as people compare; the rest is in `metrics.jsonl`.
  static func figure(_ value: Double) -> Self {
    .stringConvertible(value.magnitude < 1e9 ? (value * 1e5).rounded() / 1e5 : value)
  }
}

extension RunConfiguration.Level {
  /// The same severity for swift-log.
  var ofLogger: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}
