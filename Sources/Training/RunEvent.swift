import Objectives

/// What a run tells its observer, in the order in which it happens.
public enum RunEvent: Sendable {
  /// Before the first step.
  case started(RunStart)
  /// About every two seconds, and after the last step of an epoch.
  case progress(RunProgress)
  /// The same after steps that the run's length alone decides, over the steps since the last such
  /// event: what curves are drawn from. It is not for the log.
  case point(RunProgress)
  /// After an evaluation on the validation split.
  case evaluated(RunEvaluation)
  /// After a checkpoint has become durable, which is some steps after the one it holds.
  case checkpointed(RunCheckpoint)
  /// After the last step of an epoch.
  case epochFinished(CoverageReport)
  /// Something the user should read, in one sentence, and how severe it is.
  case notice(String, RunConfiguration.Level = .warning)
  /// The end, also of a run that was interrupted.
  case finished(RunSummary)
}

/// The size of a run and what it runs on.
public struct RunStart: Sendable, Codable, Equatable {
  /// The model's name.
  public var model: String
  /// Its parameters: dense values plus all values in rows.
  public var parameters: Int
  /// The strategy's name, e.g. `fixed:ce`.
  public var strategy: String
  /// Rows of the training split.
  public var rows: Int
  /// Steps of one epoch.
  public var stepsPerEpoch: Int
  /// Steps of the whole run.
  public var totalSteps: Int
  /// Rows of a global batch.
  public var batchSize: Int
  /// Slices that a batch is cut into.
  public var slices: Int
  /// Compute threads of this process.
  public var threads: Int
  /// The step the run starts from: 0, or that of the checkpoint it resumes.
  public var firstStep: Int
  /// OpenBLAS's kernel, e.g. `SkylakeX`.
  public var blasKernel: String
  /// How parameters are rounded that slices are computed from; nil where they are not.
  public var pullValues: String?
  /// How the gradients of slices are rounded; nil where they are not.
  public var pushValues: String?
  /// Classes of labels.
  public var classes = 2
}

/// Where a run stands; sums and shares are over the steps since the last such event.
public struct RunProgress: Sendable, Codable, Equatable {
  /// Steps done.
  public var step: Int
  /// Steps of the whole run.
  public var totalSteps: Int
  /// The current epoch, from 0.
  public var epoch: Int
  /// Training examples per second of wall time.
  public var examplesPerSecond: Double
  /// Mean training loss per example under the strategy's weights.
  public var loss: Double
  /// Mean loss of the validation batches that the controller learned from; nil without updates.
  public var upperLoss: Double?
  /// The Gumbel-softmax temperature, for strategies that have one.
  public var temperature: Double?
  /// Mean probability of each candidate, by name, over all examples and by label.
  public var shares: [CandidateShare]
  /// Workers connected; 0 when this process computes by itself.
  public var workers: Int
  /// How old the parameters were; nil where they are never old.
  public var staleness: Staleness?
}

/// How much of the training went to one candidate loss.
public struct CandidateShare: Sendable, Codable, Equatable {
  /// The candidate, e.g. `focal:gamma=2`.
  public var candidate: String
  /// Mean probability over all examples.
  public var all: Double
  /// Mean probability over examples with label 0; NaN when there were none, nil with K classes.
  public var negatives: Double?
  /// Mean probability over examples with label 1; NaN when there were none, nil with K classes.
  public var positives: Double?
  /// With K classes the mean probability over examples of each; NaN where there were none.
  public var byLabel: [Double]?
}

/// Quality on one split.
public struct RunEvaluation: Sendable, Codable, Equatable {
  /// Steps done before this evaluation.
  public var step: Int
  /// The epoch, from 0, that it closes or lies in.
  public var epoch: Int
  /// Area under the ROC curve, ties counting one half, with K classes the mean of each class
  /// against all others; NaN when only one class occurs.
  public var auc: Double
  /// With K classes the same mean, weighted by how often each class occurs.
  public var weightedAUC: Double?
  /// With K classes the share of rows whose class was predicted.
  public var accuracy: Double?
  /// Mean log loss in nats.
  public var logloss: Double
  /// The same after the logits were scaled to fit the labels of these very rows.
  public var scaledLogloss: Double?
  /// Expected calibration error over ten bins of equal width, with K classes of the class
  /// predicted.
  public var calibrationError: Double?
  /// The bins of which that is the error; nil in what runs without them have saved.
  public var reliability: [ReliabilityBin]?
  /// Rows evaluated.
  public var rows: Int
  /// Seconds it took.
  public var seconds: Double
  /// True when no earlier evaluation was as good: had as high an AUC or, where validation rows of
  /// one class give none, as low a log loss.
  public var isBest: Bool
}

/// A checkpoint that has become durable.
public struct RunCheckpoint: Sendable, Codable, Equatable {
  /// Steps done when it was taken.
  public var step: Int
  /// Its folder.
  public var path: String
  /// The size of its files.
  public var bytes: Int
  /// Seconds from its beginning until it was durable; training goes on meanwhile.
  public var seconds: Double
  /// Seconds during which training stood still, those of the following two included.
  public var stallSeconds: Double
  /// Seconds until the checkpoint before it was written.
  public var waitSeconds: Double
  /// Seconds until the parameters had come from the servers of the run.
  public var fetchSeconds: Double
  /// Bytes of rows that were copied because a step changed them before they were written.
  public var keptBytes: Int
}

/// Proof that an epoch used every example once.
public struct CoverageReport: Sendable, Codable, Equatable {
  /// The epoch, from 0.
  public var epoch: Int
  /// Rows in the training split.
  public var rows: Int
  /// Rows that were applied, repeated ones each time.
  public var seen: Int
  /// Slices applied more than once.
  public var repeatedSlices: Int
  /// Slices not applied.
  public var missingSlices: Int
  /// True when every example counted exactly once.
  public var isExact: Bool { seen == rows && repeatedSlices == 0 && missingSlices == 0 }
}

/// How a run ended.
public struct RunSummary: Sendable, Codable, Equatable {
  /// Steps done.
  public var step: Int
  /// Epochs begun.
  public var epochs: Int
  /// Whether the run was stopped from outside before its end.
  public var interrupted: Bool
  /// True when training ended because validation no longer improved.
  public var stoppedEarly: Bool
  /// SHA-256 over parameters and optimizer state in canonical order.
  public var checksum: String
  /// The best validation result and the step it belongs to, if there was an evaluation.
  public var best: RunEvaluation?
  /// Wall time of the steps since this process began, evaluations left out.
  public var seconds: Double
  /// Training examples of these steps.
  public var examples: Int
  /// How old the parameters were; nil where they are never old.
  public var staleness: Staleness?
}

/// Receives the events of a run, on the thread that drives it.
public protocol RunObserver: Sendable {
  /// Called for each event, in order.
  func observe(_ event: RunEvent)
}
