/// Draws points where good ones were denser than bad ones.
///
/// With d coordinates a model of a budget needs 2 (d + 1) results: the best 15 % of them, at least
/// d + 1, are good, the others bad. The model of the largest budget that has one counts. One draw
/// in three ignores it; the others are the best of 64 near good points, by bad over good density.
/// Source: Falkner et al., BOHB, ICML 2018, algorithm 2, with the values of HpBandSter.
struct DensitySampler: Sendable {
  static let randomShare = 1.0 / 3
  static let goodPercent = 15
  static let candidates = 64
  static let widening = 3.0
  private static let leastDensity = 1e-32

  let axes: [SearchAxis]
  private var results: [Int: [Result]] = [:]

  private struct Result {
    var point: [Double]
    var loss: Double
  }

  /// A sampler that has seen nothing.
  init(axes: [SearchAxis]) { self.axes = axes }

  /// Takes in what a point came to with a budget; not a number counts as infinitely bad.
  mutating func note(_ point: [Double], budget: Int, loss: Double) {
    results[budget, default: []].append(Result(point: point, loss: loss.isNaN ? .infinity : loss))
  }

  /// The densities of good and bad points; nil before there are enough.
  var model: (good: KernelDensity, bad: KernelDensity)? {
    let least = axes.count + 1
    let models = results.filter { $0.value.count >= 2 * least }
    guard let results = models.max(by: { $0.key < $1.key })?.value else { return nil }
    // Of equals the one that came first.
    let order = results.indices.sorted {
      (results[$0].loss, $0) < (results[$1].loss, $1)
    }
    let good = max(least, Self.goodPercent * results.count / 100)
    let bad = max(least, (100 - Self.goodPercent) * results.count / 100)
    let points = order.map { results[$0].point }
    return (
      KernelDensity(Array(points.prefix(good)), axes: axes),
      KernelDensity(Array(points.dropFirst(good).prefix(bad)), axes: axes)
    )
  }

  /// A point to try next, and whether the model chose it.
  func propose(
    using generator: inout some RandomNumberGenerator
  ) -> (point: [Double], isFromModel: Bool) {
    guard generator.uniform() >= Self.randomShare, let model else {
      return (axes.map { $0.snapped(generator.uniform()) }, false)
    }
    var best = model.good.draw(widening: Self.widening, using: &generator)
    var least = Self.ratio(model, best)
    for _ in 1..<Self.candidates {
      let point = model.good.draw(widening: Self.widening, using: &generator)
      let ratio = Self.ratio(model, point)
      if ratio < least { (best, least) = (point, ratio) }
    }
    return (best, true)
  }

  /// Bad over good density.
  private static func ratio(
    _ model: (good: KernelDensity, bad: KernelDensity), _ point: [Double]
  ) -> Double {
    max(model.bad(point), leastDensity) / max(model.good(point), leastDensity)
  }
}
