import Kernels

/// Collects logits and labels and computes the metrics of binary prediction from all of them.
///
/// The result depends on the collected examples alone, bit for bit: not on the order in which
/// slices arrived or parts were merged, for sums run over the sorted logits. Memory: four bytes an
/// example. A value for one thread; merge the values of several.
public struct BinaryMetrics: Sendable {
  // Words in the order of the logits: sorting and merging need no floating comparison.
  private var positives: [UInt32] = []
  private var negatives: [UInt32] = []
  private var invalid = 0

  /// No examples yet.
  public init() {}

  /// How many examples were added.
  public var rows: Int { positives.count + negatives.count + invalid }

  /// Makes room, so that adding this many further examples of each class does not allocate.
  public mutating func reserve(positives: Int, negatives: Int) {
    self.positives.reserveCapacity(self.positives.count + positives)
    self.negatives.reserveCapacity(self.negatives.count + negatives)
  }

  /// Adds the first `rows` logits with their labels (0 or 1).
  public mutating func add(logits: Floats, labels: Floats, rows: Int) {
    for row in 0..<rows { add(logit: logits[row], label: labels[row]) }
  }

  /// Adds one example.
  public mutating func add(logit: Float, label: Float) {
    precondition(label == 0 || label == 1, "a binary label is 0 or 1, not \(label)")
    if logit.isNaN {
      invalid += 1
    } else if label == 1 {
      positives.append(orderedWord(logit))
    } else {
      negatives.append(orderedWord(logit))
    }
  }

  /// Adds all examples of `other`.
  public mutating func merge(_ other: BinaryMetrics) {
    positives += other.positives
    negatives += other.negatives
    invalid += other.invalid
  }

  /// The metrics of all examples so far.
  public func result() -> BinaryResult {
    var positives = positives
    var negatives = negatives
    radixSort(&positives)
    radixSort(&negatives)
    let both = positives.count + negatives.count
    guard invalid == 0, both > 0 else {
      return BinaryResult(
        rows: rows, positives: positives.count, auc: .nan, logloss: .nan,
        calibrationError: .nan, predictedToActual: .nan)
    }
    var loss = 0.0
    var calibration = Calibration()
    for (words, label) in [(negatives, 0.0), (positives, 1.0)] {
      for word in words {
        let terms = LogLoss.terms(logit: Double(number(orderedWord: word)), label: label)
        loss += terms.value
        calibration.add(probability: terms.probability, label: label)
      }
    }
    return BinaryResult(
      rows: rows, positives: positives.count,
      auc: areaUnderCurve(positives: positives, negatives: negatives),
      logloss: loss / Double(both), calibrationError: calibration.expectedError,
      predictedToActual: calibration.predictedToActual, reliability: calibration.reliability)
  }
}

/// What `BinaryMetrics` computes.
public struct BinaryResult: Sendable, Equatable, Codable {
  /// Examples.
  public var rows: Int
  /// Examples with label 1.
  public var positives: Int
  /// Area under the ROC curve with average ranks for ties; NaN when a class is missing or a logit
  /// was not a number.
  public var auc: Double
  /// Mean of −log p_t in nats, from logits in double precision, never clipped.
  public var logloss: Double
  /// Expected calibration error over ten bins of equal width; see `Calibration`.
  public var calibrationError: Double
  /// Sum of predictions over sum of labels; NaN without positives.
  public var predictedToActual: Double
  /// The bins of `calibrationError` that have examples.
  public var reliability: [ReliabilityBin] = []
}

/// P(positive scores higher) + ½ P(tie) over all pairs, exactly, from words sorted ascending; NaN
/// when a class is missing.
///
/// Source: the statistic of Mann and Whitney 1947, as Hanley and McNeil, Radiology 1982, use it.
func areaUnderCurve(positives: [UInt32], negatives: [UInt32]) -> Double {
  guard !positives.isEmpty, !negatives.isEmpty else { return .nan }
  // Twice the statistic is a whole number; 128 bits hold it for any number of examples.
  var doubled: UInt128 = 0
  var below = 0
  var through = 0
  for word in positives {
    while below < negatives.count, negatives[below] < word { below += 1 }
    through = max(through, below)
    while through < negatives.count, negatives[through] == word { through += 1 }
    doubled += UInt128(below + through)
  }
  return Double(doubled) / (2 * Double(positives.count) * Double(negatives.count))
}
