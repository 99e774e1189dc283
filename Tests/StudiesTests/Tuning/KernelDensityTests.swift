import Foundation
import Testing

@testable import Studies

@Suite struct KernelDensityTests {
  private let axes: [SearchAxis] = [.continuous, .ordered(4), .unordered(2)]
  private let points = [
    [0.1, 0.125, 0.25], [0.3, 0.125, 0.25], [0.35, 0.625, 0.75], [0.8, 0.875, 0.25],
  ]

  /// Against the same rule in numpy, with numpy.std.
  @Test func bandwidthsAndDensitiesAreKnown() {
    let density = KernelDensity(points, axes: axes)
    let bandwidths = [0.2224919588169633, 0.2823964250252535, 0.3765285667003379]
    for (ours, expected) in zip(density.bandwidths, bandwidths) {
      #expect(abs(ours - expected) < 1e-14)
    }
    #expect(abs(density([0.4, 0.375, 0.75]) - 0.4806321643995393) < 1e-14)
    #expect(abs(density([0.1, 0.125, 0.25]) - 0.6849567986281514) < 1e-14)
  }

  @Test func equalPointsKeepSomeWidth() {
    let alike = KernelDensity([[0.5, 0.25], [0.5, 0.25]], axes: [.continuous, .unordered(2)])
    #expect(alike.bandwidths == [1e-3, 1e-3])
  }

  /// However values without order are numbered; never wider than "any value".
  @Test func numberingDoesNotMatterWithoutOrder() {
    let axis = [SearchAxis.unordered(3)]
    let coordinates = [1.0 / 6, 1.0 / 6, 0.5].map { [$0] }
    let others = [5.0 / 6, 5.0 / 6, 1.0 / 6].map { [$0] }
    #expect(
      KernelDensity(coordinates, axes: axis).bandwidths
        == KernelDensity(others, axes: axis).bandwidths)
    let wide = KernelDensity([[0.25], [0.75]], axes: [.unordered(2)])
    #expect(wide.bandwidths[0] <= 0.5)
    let sum = [0, 1, 2].reduce(0) {
      $0 + KernelDensity(others, axes: axis)([(Double($1) + 0.5) / 3])
    }
    #expect(abs(sum - 1) < 1e-15)
  }

  /// A density over the line is one all in all.
  @Test func numbersHaveADensity() {
    let density = KernelDensity([[0.2], [0.4], [0.9]], axes: [.continuous])
    let sum = stride(from: -3.0, to: 4, by: 0.001).reduce(0) { $0 + density([$1]) * 0.001 }
    #expect(abs(sum - 1) < 1e-9)
  }

  @Test func drawsAreValuesNearPoints() {
    let density = KernelDensity(points, axes: axes)
    var generator = SplitMix(3)
    let draws = (0..<2000).map { _ in density.draw(widening: 1, using: &generator) }
    for draw in draws {
      #expect(draw.allSatisfy { (0...1).contains($0) })
      #expect(zip(axes, draw).allSatisfy { $0.snapped($1) == $1 })
    }
    // The share of 0.75 among values, after three of four points leave 0.25 half of the time.
    let bandwidth = density.bandwidths[2]
    let expected = 0.25 * (1 - bandwidth) + bandwidth / 2
    let share = Double(draws.count { $0[2] == 0.75 }) / 2000
    #expect(abs(share - expected) < 0.04, "\(share) of \(expected)")
    let narrow = KernelDensity([[0.5], [0.5]], axes: [.continuous])
    let near = (0..<100).map { _ in narrow.draw(widening: 3, using: &generator)[0] }
    #expect(near.allSatisfy { abs($0 - 0.5) < 0.02 } && Set(near).count == 100)
  }
}
