import Glibc

/// How well the true probabilities of a planted model predict the labels drawn from them: the best
/// AUC and logloss that any model can expect.
///
/// Sums are integers, so they do not depend on the order of the rows or the number of threads.
struct BayesScore: Sendable {
  static let binCount = 1 << 16
  private static let range = 16.0
  private static let unit = 0x1p32

  private(set) var rows = 0
  private(set) var positives = 0
  private var loss: Int64 = 0
  private var bins = [SIMD2<UInt32>](repeating: .zero, count: binCount)

  /// Adds a row.
  mutating func add(logit: Double, isPositive: Bool) {
    let place = (logit + Self.range) / (2 * Self.range) * Double(Self.binCount)
    bins[max(0, min(Self.binCount - 1, Int(place)))][isPositive ? 1 : 0] += 1
    let signed = isPositive ? -logit : logit
    loss += Int64((max(signed, 0) + log1p(exp(-abs(signed)))) * Self.unit)
    rows += 1
    positives += isPositive ? 1 : 0
  }

  /// Adds the rows of another score.
  mutating func merge(_ other: BayesScore) {
    rows += other.rows
    positives += other.positives
    loss += other.loss
    for bin in bins.indices { bins[bin] &+= other.bins[bin] }
  }

  /// Mean negative log-likelihood.
  var logloss: Double { Double(loss) / Self.unit / Double(max(rows, 1)) }

  /// Area under the ROC curve of the logits, those of one bin counting as ties.
  var areaUnderCurve: Double {
    var below = 0.0
    var area = 0.0
    for bin in bins {
      area += Double(bin.y) * (below + Double(bin.x) / 2)
      below += Double(bin.x)
    }
    return area / (Double(positives) * Double(rows - positives))
  }
}
