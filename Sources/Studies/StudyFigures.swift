/// What a run of a study came to.
public struct StudyFigures: Sendable, Equatable, Codable {
  /// Area under the ROC curve on test rows; nil where only one class occurs.
  public var auc: Double?
  /// Mean log loss on test rows, in nats.
  public var logloss: Double
  /// The same with logits scaled to fit the validation rows; nil where there are none.
  public var scaledLogloss: Double?
  /// Expected calibration error on test rows.
  public var calibrationError: Double?
  /// Steps that were made until the run ended.
  public var steps: Int
  /// Seconds of these steps, evaluations left out, at the rate that was measured.
  public var seconds: Double?
  /// Milliseconds of a step.
  public var stepMilliseconds: Double?
  /// The checksum of the model.
  public var checksum: String
  /// What the controller of the model answers; nil where it has none.
  public var answers: [StudyAnswer]?

  /// Figures; see the properties.
  public init(
    auc: Double?, logloss: Double, scaledLogloss: Double?, calibrationError: Double?, steps: Int,
    seconds: Double? = nil, stepMilliseconds: Double? = nil, checksum: String = "",
    answers: [StudyAnswer]? = nil
  ) {
    (self.auc, self.logloss, self.scaledLogloss) = (auc, logloss, scaledLogloss)
    (self.calibrationError, self.steps, self.seconds) = (calibrationError, steps, seconds)
    (self.stepMilliseconds, self.checksum) = (stepMilliseconds, checksum)
    self.answers = answers
  }
}

/// What a trained controller answers of one candidate for the examples with one label.
public struct StudyAnswer: Sendable, Equatable, Codable {
  /// The candidate loss.
  public var candidate: String
  /// The label.
  public var label: Int
  /// α of the candidate, on the average over predictions from 0 to 1.
  public var mean: Double
  /// The least α of them.
  public var least: Double
  /// The largest.
  public var most: Double

  /// An answer; see the properties.
  public init(candidate: String, label: Int, mean: Double, least: Double, most: Double) {
    (self.candidate, self.label) = (candidate, label)
    (self.mean, self.least, self.most) = (mean, least, most)
  }

  /// Those of several controllers for the same candidate and label as one: the mean of their means,
  /// and the ends of all; nil for none.
  static func joined(_ answers: [StudyAnswer]) -> StudyAnswer? {
    guard var result = answers.first else { return nil }
    result.mean = answers.reduce(0) { $0 + $1.mean } / Double(answers.count)
    result.least = answers.reduce(result.least) { min($0, $1.least) }
    result.most = answers.reduce(result.most) { max($0, $1.most) }
    return result
  }
}

/// A figure that runs are compared by.
public enum StudyMeasure: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
  case auc
  case logloss
  case scaledLogloss
  case calibrationError
  case seconds
  case stepMilliseconds

  /// Its name in tables.
  public var title: String {
    switch self {
    case .auc: "AUC"
    case .logloss: "logloss"
    case .scaledLogloss: "scaled logloss"
    case .calibrationError: "calibration error"
    case .seconds: "seconds"
    case .stepMilliseconds: "ms a step"
    }
  }

  /// Digits behind the point that differ from seed to seed.
  public var decimals: Int {
    switch self {
    case .auc, .logloss, .scaledLogloss, .calibrationError: 5
    case .seconds: 1
    case .stepMilliseconds: 2
    }
  }

  /// The value in the figures of a run.
  func value(_ figures: StudyFigures) -> Double? {
    switch self {
    case .auc: figures.auc
    case .logloss: figures.logloss
    case .scaledLogloss: figures.scaledLogloss
    case .calibrationError: figures.calibrationError
    case .seconds: figures.seconds
    case .stepMilliseconds: figures.stepMilliseconds
    }
  }
}

/// A run and what became of it.
public struct StudyOutcome: Sendable, Equatable, Codable {
  /// The run.
  public var run: StudyRun
  /// Its figures; nil where it failed.
  public var figures: StudyFigures?
  /// Why it failed.
  public var failure: String?
  /// What its controller's updates lower on validation rows, `search.upper=paper, …`; nil where
  /// nothing is updated on them.
  public var objective: String?
  /// The code that its process ended with, where it failed by that.
  public var exitCode: Int32?

  /// An outcome; see the properties.
  public init(
    run: StudyRun, figures: StudyFigures? = nil, failure: String? = nil, objective: String? = nil,
    exitCode: Int32? = nil
  ) {
    (self.run, self.figures, self.failure) = (run, figures, failure)
    (self.objective, self.exitCode) = (objective, exitCode)
  }
}
