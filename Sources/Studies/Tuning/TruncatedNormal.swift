import Foundation

/// The normal distribution around a mean in [0, 1], with what lies outside cut off.
struct TruncatedNormal {
  /// Where it is highest; in [0, 1].
  var mean: Double
  /// The standard deviation before it was cut; above 0.
  var deviation: Double

  /// The number in [0, 1] below which the share `position` of the distribution lies.
  ///
  /// By bisection of the distribution function, to the last bits of a position in [0, 1].
  func quantile(_ position: Double) -> Double {
    let (start, end) = (normal(0), normal(1))
    let wanted = start + position * (end - start)
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if normal(middle) < wanted { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The share of the uncut distribution that lies below `x`.
  private func normal(_ x: Double) -> Double {
    0.5 * erfc((mean - x) / (deviation * 2.0.squareRoot()))
  }
}
