import Kernels

/// What one or several slices say for the log: sums in double precision.
///
/// Sums of slices are added in the order of the slices, so they are the same on any number of
/// threads and workers.
public struct StrategySums: Sendable, Equatable {
  /// Examples with label 0 and with label 1.
  public internal(set) var counts: [Int]
  /// Σ of the weighted loss over examples.
  public internal(set) var loss = 0.0
  /// Σ of each candidate's probability: first over examples with label 0, then with label 1.
  public internal(set) var shares: [Double]

  /// Zeros for `candidateCount` candidates.
  public init(candidateCount: Int) {
    counts = [0, 0]
    shares = [Double](repeating: 0, count: 2 * candidateCount)
  }

  /// Sums made elsewhere, in the layout of `counts` and `shares`.
  public init(counts: [Int], loss: Double, shares: [Double]) {
    precondition(counts.count == 2, "sums count the examples of two labels")
    precondition(shares.count % 2 == 0, "sums hold one share a label and candidate")
    self.counts = counts
    self.loss = loss
    self.shares = shares
  }

  /// All examples.
  public var rows: Int { counts[0] + counts[1] }

  /// Mean weighted loss; NaN for no examples.
  public var meanLoss: Double { loss / Double(rows) }

  /// Mean probability of a candidate over examples with `label`, or over all; NaN for none.
  public func meanShare(_ candidate: Int, label: Int? = nil) -> Double {
    let width = shares.count / 2
    if let label { return shares[label * width + candidate] / Double(counts[label]) }
    return (shares[candidate] + shares[width + candidate]) / Double(rows)
  }

  /// Adds the sums of another slice.
  public mutating func add(_ other: StrategySums) {
    precondition(shares.count == other.shares.count, "sums of different numbers of candidates")
    for label in 0..<2 { counts[label] += other.counts[label] }
    loss += other.loss
    for place in shares.indices { shares[place] += other.shares[place] }
  }

  /// Sets everything to zero without giving up memory.
  public mutating func reset() {
    for label in 0..<2 { counts[label] = 0 }
    loss = 0
    for place in shares.indices { shares[place] = 0 }
  }

  /// Counts the labels of a slice.
  mutating func count(labels: Floats, rows: Int) {
    for row in 0..<rows { counts[labels[row] == 1 ? 1 : 0] += 1 }
  }

  /// Adds what one candidate gives to the rows of a slice.
  mutating func add(
    _ candidate: Int, losses: Floats, weights: Floats, shares column: Floats, labels: Floats,
    rows: Int
  ) {
    var weighted = 0.0
    var byLabel = (0.0, 0.0)
    for row in 0..<rows {
      weighted += Double(weights[row] * losses[row])
      let share = Double(column[row])
      if labels[row] == 1 { byLabel.1 += share } else { byLabel.0 += share }
    }
    loss += weighted
    shares[candidate] += byLabel.0
    shares[shares.count / 2 + candidate] += byLabel.1
  }
}
