import Kernels

/// What one or several slices say for the log: sums in double precision.
///
/// Sums of slices are added in the order of the slices, so they are the same on any number of
/// threads and workers.
public struct StrategySums: Sendable, Equatable {
  /// Examples with each label, from 0.
  public internal(set) var counts: [Int]
  /// Σ of the weighted loss over examples.
  public internal(set) var loss = 0.0
  /// Σ of each candidate's probability: first over examples with label 0, then with label 1, …
  public internal(set) var shares: [Double]
  /// Σ of each candidate's own loss, where a strategy learns from these sums; else empty.
  public internal(set) var losses: [Double]

  /// Zeros for `candidateCount` candidates and labels of so many classes.
  public init(candidateCount: Int, classes: Int = 2, followsLosses: Bool = false) {
    counts = [Int](repeating: 0, count: classes)
    shares = [Double](repeating: 0, count: classes * candidateCount)
    losses = [Double](repeating: 0, count: followsLosses ? candidateCount : 0)
  }

  /// Sums made elsewhere, in the layout of `counts`, `shares` and `losses`.
  public init(counts: [Int], loss: Double, shares: [Double], losses: [Double] = []) {
    precondition(counts.count >= 2, "sums count the examples of two labels at least")
    precondition(
      shares.count % counts.count == 0, "sums hold one share a label and candidate")
    precondition(
      losses.isEmpty || losses.count == shares.count / counts.count,
      "sums hold one loss a candidate or none")
    self.counts = counts
    self.loss = loss
    self.shares = shares
    self.losses = losses
  }

  /// All examples.
  public var rows: Int { counts.reduce(0, +) }

  /// How many candidates there are.
  public var candidateCount: Int { shares.count / counts.count }

  /// Mean weighted loss; NaN for no examples.
  public var meanLoss: Double { loss / Double(rows) }

  /// Mean of a candidate's own loss; NaN for no examples. Traps where losses are not summed.
  public func meanLoss(_ candidate: Int) -> Double { losses[candidate] / Double(rows) }

  /// Mean probability of a candidate over examples with `label`, or over all; NaN for none.
  public func meanShare(_ candidate: Int, label: Int? = nil) -> Double {
    let width = candidateCount
    if let label { return shares[label * width + candidate] / Double(counts[label]) }
    let all = stride(from: candidate, to: shares.count, by: width).reduce(0) { $0 + shares[$1] }
    return all / Double(rows)
  }

  /// Adds the sums of another slice.
  public mutating func add(_ other: StrategySums) {
    precondition(
      counts.count == other.counts.count && shares.count == other.shares.count
        && losses.count == other.losses.count,
      "sums of different numbers of labels or candidates")
    for label in counts.indices { counts[label] += other.counts[label] }
    loss += other.loss
    for place in shares.indices { shares[place] += other.shares[place] }
    for place in losses.indices { losses[place] += other.losses[place] }
  }

  /// Sets everything to zero without giving up memory.
  public mutating func reset() {
    for label in counts.indices { counts[label] = 0 }
    loss = 0
    for place in shares.indices { shares[place] = 0 }
    for place in losses.indices { losses[place] = 0 }
  }

  /// Counts the labels of a slice.
  mutating func count(labels: Floats, rows: Int) {
    for row in 0..<rows { counts[Int(labels[row])] += 1 }
  }

  /// Adds what one candidate gives to the rows of a slice.
  mutating func add(
    _ candidate: Int, losses values: Floats, weights: Floats, shares column: Floats,
    labels: Floats, rows: Int
  ) {
    if !losses.isEmpty { add(candidate, own: values, rows) }
    guard counts.count == 2 else {
      return addClasses(candidate, values, weights, column, labels, rows)
    }
    var weighted = 0.0
    var byLabel = (0.0, 0.0)
    for row in 0..<rows {
      weighted += Double(weights[row] * values[row])
      let share = Double(column[row])
      if labels[row] == 1 { byLabel.1 += share } else { byLabel.0 += share }
    }
    loss += weighted
    shares[candidate] += byLabel.0
    shares[shares.count / 2 + candidate] += byLabel.1
  }

  private mutating func add(_ candidate: Int, own values: Floats, _ rows: Int) {
    var sum = 0.0
    for row in 0..<rows { sum += Double(values[row]) }
    losses[candidate] += sum
  }

  /// The same for more than two labels.
  private mutating func addClasses(
    _ candidate: Int, _ values: Floats, _ weights: Floats, _ column: Floats, _ labels: Floats,
    _ rows: Int
  ) {
    let width = candidateCount
    var weighted = 0.0
    for row in 0..<rows {
      weighted += Double(weights[row] * values[row])
      shares[Int(labels[row]) * width + candidate] += Double(column[row])
    }
    loss += weighted
  }
}
