import Datasets
import Foundation
import Objectives

/// Quality of a run's model on one split.
public struct EvaluationResult: Sendable, Codable, Equatable {
  /// Area under the ROC curve, ties counting one half, with K classes the mean of each class
  /// against all others; absent when only one class occurs.
  public var auc: Double?
  /// With K classes the same mean, weighted by how often each class occurs.
  public var weightedAUC: Double?
  /// With K classes the share of rows whose class was predicted.
  public var accuracy: Double?
  /// Mean log loss in nats.
  public var logloss: Double
  /// The same after logits were scaled by `scaling`: what is left when calibration is mended.
  public var scaledLogloss: Double?
  /// What makes the validation rows fit their labels; absent where the data has none of two
  /// classes.
  public var scaling: LogitScaling?
  /// Rows evaluated.
  public var rows: Int
  /// Rows with label 1; absent with K classes.
  public var positives: Int?
  /// Rows of each class; absent with labels 0 and 1.
  public var labelCounts: [Int]?
  /// Expected calibration error over ten bins of equal width, with K classes of the class
  /// predicted.
  public var calibrationError: Double?
  /// Its bins that have rows: mean prediction and share of label 1, with K classes of the class
  /// predicted and of those who have it.
  public var reliability: [ReliabilityBin]?
  /// Σ of predictions over Σ of labels; absent without positives and with K
  /// classes.
  public var predictedToActual: Double?
  /// The split that was evaluated.
  public var split: String
  /// Steps that were applied to the model.
  public var step: Int
}

/// Measuring a trained model.
public enum Evaluation {
  /// Scores every row of `split` of the prepared data in `dataFolder` with the model of a run.
  ///
  /// - Parameter threads: 0 for all processors; never changes the result.
  public static func evaluate(
    runFolder: String, dataFolder: String, split: Split, threads: Int = 0
  ) throws -> EvaluationResult {
    let model = try TrainedModel(runFolder: runFolder)
    let dataset = try Dataset(folder: dataFolder)
    guard dataset.manifest.vocabulary.sha256 == model.data.vocabularyHash else {
      throw Failure(
        "the data was prepared with another vocabulary than the model's", at: dataFolder,
        remedy: "evaluate on the data that the run was trained on", exitCode: .configuration)
    }
    guard dataset.classes == model.parts.strategy.classes else {
      throw Failure(
        "the data has labels of \(dataset.classes) classes, the model of "
          + "\(model.parts.strategy.classes)", at: dataFolder,
        remedy: "evaluate on the data that the run was trained on", exitCode: .configuration)
    }
    guard dataset.rowCount(of: split) > 0 else {
      throw Failure(
        "the split \(split.rawValue) has no rows", at: dataFolder,
        remedy: "choose another split, or prepare the data with a share for it",
        exitCode: .badData)
    }
    let count = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
    func scored(_ split: Split) throws -> ScoringTask {
      let task = ScoringTask(dataset: dataset, split: split, batchSize: model.parts.sliceCapacity)
      try task.score(model.parts, threads: count)
      return task
    }
    let task = try scored(split)
    let hasOthers = split != .validation && dataset.rowCount(of: .validation) > 0
    let fitted = try hasOthers ? scored(.validation) : split == .validation ? task : nil
    let scaling = fitted?.scaling()
    let result = task.result(scaledBy: scaling)
    return EvaluationResult(
      auc: result.auc.finite, weightedAUC: result.weightedAUC?.finite,
      accuracy: result.accuracy?.finite, logloss: result.logloss,
      scaledLogloss: result.scaledLogloss?.finite, scaling: scaling, rows: result.rows,
      positives: result.positives, labelCounts: result.labelCounts,
      calibrationError: result.calibrationError.finite, reliability: result.reliability,
      predictedToActual: result.predictedToActual?.finite, split: split.rawValue,
      step: model.step)
  }
}

extension Double {
  /// The number, or nil when it is infinite or not a number: JSON has no word for those.
  var finite: Double? { isFinite ? self : nil }
}
