import Objectives

/// How good predictions are on the rows of a split, for either task.
struct Quality: Equatable {
  /// Rows measured.
  var rows: Int
  /// Area under the ROC curve, with K classes the mean of each class against all others; NaN where
  /// fewer than two classes occur.
  var auc: Double
  /// Mean log loss in nats.
  var logloss: Double
  /// Mean log loss of logits that were scaled to fit validation rows; nil where they cannot be.
  var scaledLogloss: Double?
  /// Expected calibration error, with K classes of the class predicted.
  var calibrationError: Double
  /// Its bins that have rows.
  var reliability: [ReliabilityBin]
  /// With labels 0 and 1: rows with label 1, and the sum of predictions over that of labels.
  var positives: Int?
  var predictedToActual: Double?
  /// With K classes: the mean of the curves' areas weighted by how often each class occurs, the
  /// share of rows predicted right, and the rows of each class.
  var weightedAUC: Double?
  var accuracy: Double?
  var labelCounts: [Int]?

  /// Measures of one logit a row.
  init(_ result: BinaryResult) {
    rows = result.rows
    auc = result.auc
    logloss = result.logloss
    calibrationError = result.calibrationError
    reliability = result.reliability
    positives = result.positives
    predictedToActual = result.predictedToActual
  }

  /// Measures of K logits a row.
  init(_ result: ClassResult) {
    rows = result.rows
    auc = result.macroAUC
    logloss = result.logloss
    calibrationError = result.calibrationError
    reliability = result.reliability
    weightedAUC = result.weightedAUC
    accuracy = result.accuracy
    labelCounts = result.labelCounts
  }
}
