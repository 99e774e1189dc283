import Testing

@testable import Studies

@Suite struct TruncatedNormalTests {
  /// Against scipy.stats.truncnorm(-m/s, (1-m)/s, loc=m, scale=s).ppf.
  @Test(arguments: [
    (0.5, 0.1, 0.3, 0.44755998170677846),
    (0.1, 0.3, 0.3, 0.14392515522368088),
    (0.0, 0.5, 0.9, 0.7361308205163828),
    (0.95, 0.02, 0.6, 0.9548742988871267),
    (1.0, 1.5, 0.25, 0.27474587222123104),
    (0.7, 0.003, 0.999, 0.7092706969185034),
  ])
  func quantilesAreKnown(mean: Double, deviation: Double, position: Double, expected: Double) {
    let normal = TruncatedNormal(mean: mean, deviation: deviation)
    #expect(abs(normal.quantile(position) - expected) < 1e-12)
  }

  @Test(arguments: [(0.0, 0.003), (1.0, 0.003), (0.5, 5.0), (0.0, 1.6)])
  func nothingLiesOutside(mean: Double, deviation: Double) {
    let normal = TruncatedNormal(mean: mean, deviation: deviation)
    let quantiles = [0.0, 1e-9, 0.5, 1 - 1e-9, 1].map(normal.quantile)
    #expect(quantiles == quantiles.sorted())
    #expect(quantiles.allSatisfy { (0...1).contains($0) })
  }
}
