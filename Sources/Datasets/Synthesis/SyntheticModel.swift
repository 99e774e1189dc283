import Glibc
import Kernels

/// A planted model that makes Criteo-shaped rows: 13 integers, 26 categories, a label drawn with
/// probability σ(z*).
///
///     z* = bias + Σ_f w_f(x_f) + scale · Σ_{i<j} ⟨v_i(x_i), v_j(x_j)⟩     (pairs of eight fields)
///
/// Knowing only the thousand most frequent values of each field costs 0.001 of AUC, knowing no pair
/// costs 0.03. A factorisation machine with three factors can express it; the best possible AUC
/// is about 0.80 at a quarter of positives. Labels of more classes are ordered steps of the same
/// z*. Row r is a pure function of (seed, r).
struct SyntheticModel: Sendable {
  /// Field sizes of the real Criteo set at minimum count 10: what the cardinalities follow.
  static let criteoSizes = [
    49, 101, 126, 45, 223, 118, 84, 76, 95, 9, 30, 40, 75, 1458, 555, 193_949, 138_801, 306, 19,
    11970, 634, 4, 42646, 5178, 192_773, 3175, 27, 11422, 181_075, 11, 4654, 2032, 5, 189_657, 18,
    16, 59697, 86, 45571,
  ]
  /// Shares of empty values, near those of the real set.
  private static let emptyShares = [
    0.45, 0, 0.21, 0.21, 0.03, 0.22, 0.04, 0, 0.04, 0.45, 0.04, 0.76, 0.21, 0, 0, 0.03, 0.03, 0,
    0.12, 0, 0, 0, 0, 0, 0.03, 0, 0, 0, 0.03, 0, 0, 0.44, 0.44, 0.03, 0.76, 0, 0.03, 0.44, 0.44,
  ]
  private static let pairFields = [4, 9, 14, 19, 21, 24, 27, 31]
  /// Variances of the two parts of z*.
  private static let linearVariance = 1.6
  private static let pairVariance = 0.3
  private static let positiveRate = 0.256

  let fields: [SyntheticField]
  /// What labels mean.
  let labels: OrdinalLabels
  private let bias: Double
  private let pairScale: Float
  private let randomness: Randomness

  /// `scale` multiplies the cardinalities of the fields that have more than a thousand values,
  /// `signal` all effects on the logit; the bias keeps the share of label 1.
  init(seed: UInt64, scale: Double = 1, signal: Double = 1, classes: Int = 2) {
    randomness = Randomness(seed: seed, purpose: .synthesis)
    let weights = Randomness(seed: seed, purpose: .synthesis, step: 3)
    let raw = Self.criteoSizes.indices.map { 0.5 + Double(weights.uniform(example: $0, lane: 0)) }
    let norm = (Self.linearVariance / raw.reduce(0) { $0 + $1 * $1 }).squareRoot()
    fields = zip(TableSchema.criteo.fields, Self.cardinalities(scale)).enumerated().map {
      SyntheticField(
        index: $0, kind: $1.0.kind, cardinality: $1.1, emptyProbability: Self.emptyShares[$0],
        weight: Float(raw[$0] * norm * signal), hasFactors: Self.pairFields.contains($0), seed: seed
      )
    }
    // Standardised independent factors: each of the 28 pairs has variance 3 before scaling.
    let pairs = Double(Self.pairFields.count * (Self.pairFields.count - 1) / 2)
    pairScale = Float((Self.pairVariance / (3 * pairs)).squareRoot() * signal)
    let variance = (Self.linearVariance + Self.pairVariance) * signal * signal
    bias = OrdinalLabels.mean(ofRate: Self.positiveRate, variance: variance)
    labels = OrdinalLabels(classes: classes, mean: bias, variance: variance)
  }

  /// Draws row `row`: its values (nil is empty), its logit and its label.
  @inline(__always)
  func draw(row: Int, values: inout [Int?]) -> (logit: Double, label: Int) {
    var words = SIMD4<UInt32>()
    var sum = SyntheticField.Effect()
    var squares = SyntheticField.Effect()
    for field in fields.indices {
      if field & 3 == 0 { words = randomness.words(example: row, block: field >> 2) }
      let value = fields[field].value(words[field & 3])
      let effect = fields[field].effect(value)
      sum += effect
      squares += effect * effect
      values[field] = value
    }
    let cross = sum * sum - squares
    let logit = bias + Double(sum.x + pairScale * 0.5 * (cross.y + cross.z + cross.w))
    // Lane 39 of the row is left for the label.
    let uniform = (Double(words.w) + 0.5) * 0x1p-32
    return (logit, labels.label(logit: logit, uniform: uniform))
  }

  private static func cardinalities(_ scale: Double) -> [Int] {
    // The sizes count the id of rare values, and an empty value where there is one.
    zip(criteoSizes, emptyShares).map { size, empty in
      let values = max(1, size - (empty > 0 ? 2 : 1))
      return values > 1000 ? max(1, Int(Double(values) * scale)) : values
    }
  }

  /// The scale at which about `values` feature values of a table of `rows` rows occur at least
  /// `minimumCount` times (the shared ids of fields counted too), or the closest that can be had:
  /// fields of at most a thousand values keep theirs.
  static func scale(values: Int, rows: Int, minimumCount: Int) -> Double {
    var low = 1e-4
    var high = 1e3
    for _ in 0..<60 {
      let middle = (low * high).squareRoot()
      let found = expectedValues(scale: middle, rows: rows, minimumCount: minimumCount)
      (low, high) = found < Double(values) ? (middle, high) : (low, middle)
    }
    return (low * high).squareRoot()
  }

  /// The expected number of ids after preparation.
  static func expectedValues(scale: Double, rows: Int, minimumCount: Int) -> Double {
    zip(cardinalities(scale), emptyShares).reduce(0) { total, field in
      let (cardinality, empty) = field
      let share = (1 - empty) / log(Double(cardinality) + 1)
      var kept = 1.0 + (empty > 0 ? 1 : 0)
      // Geometric steps over the ranks: the count changes little inside one.
      var rank = 0
      while rank < cardinality {
        let next = min(cardinality, rank + 1 + rank / 64)
        let mean =
          Double(rows) * share * log(Double(next + 1) / Double(rank + 1)) / Double(next - rank)
        kept += Double(next - rank) * tail(mean: mean, atLeast: minimumCount)
        rank = next
      }
      return total + kept
    }
  }

  /// P(X ≥ least) for a Poisson number X.
  private static func tail(mean: Double, atLeast least: Int) -> Double {
    var term = exp(-mean)
    var below = 0.0
    for count in 0..<max(least, 0) {
      below += term
      term *= mean / Double(count + 1)
    }
    return max(0, 1 - below)
  }
}
