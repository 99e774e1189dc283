import Glibc
import Kernels

/// Collects logits and labels of K classes and computes the metrics of prediction from all of them.
///
/// A class is ranked by the logit of its probability, log(p_k / (1 − p_k)) = z_k − log Σ_{j≠k}
/// e^{z_j}, in double precision and then rounded to single: the order of the probabilities, with
/// as much resolution near 1 as near 0. Sums run in the order in which examples were added.
/// Memory: 4·K bytes an example. A value for one thread.
public struct ClassMetrics: Sendable {
  /// Words in the order of the scores, for each class.
  private var positives: [[UInt32]]
  private var negatives: [[UInt32]]
  private var invalid = 0
  private var loss = 0.0
  private var hits = 0
  private var calibration = Calibration()
  private var scores: [Double]
  private var powers: [Double]
  private var rests: [Double]

  /// No examples yet.
  public init(classes: Int) {
    precondition(classes >= 2, "labels are of two classes at least")
    positives = Array(repeating: [], count: classes)
    negatives = positives
    scores = Array(repeating: 0, count: classes)
    powers = scores
    rests = scores
  }

  /// K.
  public var classes: Int { scores.count }

  /// Adds the first `rows` rows of `logits` [rows × K] with their labels 0 … K − 1.
  public mutating func add(logits: Floats, labels: Floats, rows: Int) {
    let classes = classes
    for row in 0..<rows {
      add(label: Int(labels[row])) { Double(logits[row * classes + $0]) }
    }
  }

  /// Adds one example.
  mutating func add(label: Int, logit: (Int) -> Double) {
    precondition(label >= 0 && label < classes, "the label \(label) is none of \(classes) classes")
    let best = fillScores(logit)
    guard !scores.contains(where: \.isNaN) else {
      invalid += 1
      return
    }
    for (number, score) in scores.enumerated() {
      let word = orderedWord(Float(score))
      if number == label {
        positives[number].append(word)
      } else {
        negatives[number].append(word)
      }
    }
    loss += LogLoss.terms(logit: scores[label], label: 1).value
    hits += best == label ? 1 : 0
    calibration.add(
      probability: LogLoss.probability(logit: scores[best]), label: best == label ? 1 : 0)
  }

  /// Scores ← z_k − log Σ_{j≠k} e^{z_j}; returns the class of the largest logit, the first among
  /// equals.
  private mutating func fillScores(_ logit: (Int) -> Double) -> Int {
    var best = 0
    for number in 0..<classes {
      scores[number] = logit(number)
      if scores[number] > scores[best] { best = number }
    }
    let highest = scores[best]
    // The rest of each class is summed from both ends, never taken from the whole.
    var below = 0.0
    for number in 0..<classes {
      powers[number] = exp(scores[number] - highest)
      scores[number] -= highest
      rests[number] = below
      below += powers[number]
    }
    var above = 0.0
    for number in (0..<classes).reversed() {
      scores[number] -= log(rests[number] + above)
      above += powers[number]
    }
    return best
  }

  /// The metrics of all examples so far.
  public func result() -> ClassResult {
    let counts = positives.map(\.count)
    let rows = counts.reduce(0, +)
    guard invalid == 0, rows > 0 else {
      return ClassResult(
        rows: rows + invalid, labelCounts: counts, aucs: counts.map { _ in .nan }, logloss: .nan,
        accuracy: .nan, calibrationError: .nan)
    }
    let aucs = zip(positives, negatives).map { members, others in
      var inside = members
      var outside = others
      radixSort(&inside)
      radixSort(&outside)
      return areaUnderCurve(positives: inside, negatives: outside)
    }
    return ClassResult(
      rows: rows, labelCounts: counts, aucs: aucs, logloss: loss / Double(rows),
      accuracy: Double(hits) / Double(rows), calibrationError: calibration.expectedError,
      reliability: calibration.reliability)
  }
}

/// What `ClassMetrics` computes.
public struct ClassResult: Sendable, Equatable {
  /// Examples.
  public var rows: Int
  /// Examples of each class.
  public var labelCounts: [Int]
  /// Area under the ROC curve of each class against all others, with average ranks for ties; NaN
  /// where the class, or all others, do not occur.
  public var aucs: [Double]
  /// Mean of −log p_c in nats, from logits in double precision, never clipped.
  public var logloss: Double
  /// Share of examples whose largest logit is that of the label, the first among equals.
  public var accuracy: Double
  /// Expected calibration error of the class predicted, over ten bins of equal width: Guo et al.,
  /// ICML 2017.
  public var calibrationError: Double
  /// Its bins that have examples.
  public var reliability: [ReliabilityBin] = []

  /// The plain mean of `aucs` over the classes that occur; NaN for fewer than two.
  ///
  /// Classes that occur in a split are what scikit-learn's `average="macro"` takes where all do.
  public var macroAUC: Double {
    let present = zip(labelCounts, aucs).filter { $0.0 > 0 }
    return present.reduce(0) { $0 + $1.1 } / Double(present.count)
  }

  /// The mean of `aucs` weighted by how often each class occurs; NaN for fewer than two classes.
  public var weightedAUC: Double {
    let present = zip(labelCounts, aucs).filter { $0.0 > 0 }
    return present.reduce(0) { $0 + Double($1.0) * $1.1 } / Double(present.reduce(0) { $0 + $1.0 })
  }
}
