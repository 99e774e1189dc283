import Foundation

/// How densely points lie: a product of kernels around each of them.
///
/// Bandwidths follow the normal-reference rule 1.06 σ n^(−1/(4 + d)), σ with n in the denominator,
/// and are never below `leastBandwidth`. Numbers have a Gaussian kernel; values without order that
/// of Aitchison and Aitken, which gives 1 − h to the value itself and shares h among the others.
/// Source: Falkner et al., BOHB, ICML 2018, §3.2, as HpBandSter has it.
struct KernelDensity: Sendable, Equatable {
  /// No point may be so lonely that nothing beside it is tried.
  static let leastBandwidth = 1e-3

  let axes: [SearchAxis]
  let points: [[Double]]
  /// One for each axis.
  let bandwidths: [Double]

  /// The density of at least one point.
  init(_ points: [[Double]], axes: [SearchAxis]) {
    precondition(!points.isEmpty, "a density needs points")
    (self.points, self.axes) = (points, axes)
    let count = Double(points.count)
    let factor = 1.06 * pow(count, -1 / (4 + Double(axes.count)))
    bandwidths = axes.indices.map { index in
      let spread = Self.spread(points.map { $0[index] }, axes[index])
      return Self.limited(factor * spread, axes[index])
    }
  }

  /// How much a point at `point` is to be expected.
  func callAsFunction(_ point: [Double]) -> Double {
    let sum = points.reduce(0.0) { sum, center in
      sum + axes.indices.reduce(1.0) { $0 * kernel($1, center[$1], point[$1]) }
    }
    return sum / Double(points.count)
  }

  /// A point near one of those that it was made of: numbers by the normal distribution that is
  /// `widening` times as wide as the kernel and cut to [0, 1], other values by the kernel itself.
  func draw(
    widening: Double, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    let center = points[SearchAxis.cell(generator.uniform(), of: points.count)]
    return axes.indices.map { index in
      let (axis, bandwidth, middle) = (axes[index], bandwidths[index], center[index])
      if case .unordered = axis {
        let stays = generator.uniform() >= bandwidth
        let other = axis.snapped(generator.uniform())
        return stays ? middle : other
      }
      let normal = TruncatedNormal(mean: middle, deviation: widening * bandwidth)
      return axis.snapped(normal.quantile(generator.uniform()))
    }
  }

  private func kernel(_ index: Int, _ center: Double, _ coordinate: Double) -> Double {
    let bandwidth = bandwidths[index]
    switch axes[index] {
    case .continuous, .ordered:
      let distance = (coordinate - center) / bandwidth
      return exp(-0.5 * distance * distance) / (bandwidth * (2 * Double.pi).squareRoot())
    case .unordered(1): return 1
    case .unordered(let count):
      return coordinate == center ? 1 - bandwidth : bandwidth / Double(count - 1)
    }
  }

  /// The standard deviation; without order the root of half the chance that two draws differ, which
  /// for two values 0 and 1 is their standard deviation, and does not depend on how values are
  /// numbered.
  private static func spread(_ coordinates: [Double], _ axis: SearchAxis) -> Double {
    let count = Double(coordinates.count)
    if case .unordered = axis {
      let groups = Dictionary(grouping: coordinates) { $0 }.values
      let same = groups.map { Double($0.count) / count }.reduce(0) { $0 + $1 * $1 }
      return (max(0, 1 - same) / 2).squareRoot()
    }
    let mean = coordinates.reduce(0, +) / count
    return (coordinates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }

  /// Without order, at most the bandwidth at which all values are equally likely.
  private static func limited(_ bandwidth: Double, _ axis: SearchAxis) -> Double {
    let least = max(bandwidth, leastBandwidth)
    guard case .unordered(let count) = axis else { return least }
    return min(least, Double(count - 1) / Double(count))
  }
}
