/// How far predicted probabilities are from observed frequencies, over ten bins of equal width.
///
/// Bin min(⌊10p⌋, 9); the expected calibration error is (1/N) Σ_bins |Σp − Σy|. Source: Naeini et
/// al., AAAI 2015. Sums depend on the order of adding in their last bits.
public struct Calibration: Sendable {
  /// Examples of each bin.
  public private(set) var counts = [Int](repeating: 0, count: 10)
  /// Sum of the predictions of each bin.
  public private(set) var predicted = [Double](repeating: 0, count: 10)
  /// Sum of the labels of each bin.
  public private(set) var actual = [Double](repeating: 0, count: 10)

  /// No examples yet.
  public init() {}

  /// Adds a prediction in [0, 1] and its label (0 or 1).
  public mutating func add(probability: Double, label: Double) {
    let bin = min(Int(10 * probability), 9)
    counts[bin] += 1
    predicted[bin] += probability
    actual[bin] += label
  }

  /// The expected calibration error; NaN for no examples.
  public var expectedError: Double {
    let gap = zip(predicted, actual).reduce(0) { $0 + abs($1.0 - $1.1) }
    return gap / Double(counts.reduce(0, +))
  }

  /// The bins that have examples, in their order: a reliability diagram.
  public var reliability: [ReliabilityBin] {
    counts.indices.filter { counts[$0] > 0 }.map { bin in
      let rows = Double(counts[bin])
      return ReliabilityBin(
        rows: counts[bin], predicted: predicted[bin] / rows, actual: actual[bin] / rows)
    }
  }

  /// Σp / Σy; NaN without positives.
  public var predictedToActual: Double {
    let positives = actual.reduce(0, +)
    return positives > 0 ? predicted.reduce(0, +) / positives : .nan
  }
}

/// What a bin of predictions came to.
public struct ReliabilityBin: Sendable, Codable, Equatable {
  /// Examples in it.
  public var rows: Int
  /// The mean of their predictions.
  public var predicted: Double
  /// The mean of their labels.
  public var actual: Double
}
