import Foundation
import Kernels
import Testing

@testable import Search

@Suite struct UncertaintyWeightsTests {
  private static let means: [Double] = [0.4, 0.9, 2.5, 0.01]
  private static let sums = StrategySums(
    counts: [6, 4], loss: 0, shares: [Double](repeating: 0, count: 8),
    losses: means.map { 10 * $0 })

  /// Σ_i (e^{o_i} ℓ̄_i − o_i).
  private func objective(_ parameters: [Double]) -> Double {
    var sum = 0.0
    for (parameter, mean) in zip(parameters, Self.means) {
      sum += exp(parameter) * mean - parameter
    }
    return sum
  }

  @Test func gradientIsTheSlope() {
    let parameters: [Double] = [0.3, -1.5, 0, 2]
    let gradient = Floats(count: 4)
    UncertaintyWeights.gradient(
      of: Self.sums, at: Floats(parameters.map(Float.init)), into: gradient)
    for place in 0..<4 {
      var (up, down) = (parameters, parameters)
      up[place] += 1e-5
      down[place] -= 1e-5
      let slope = (objective(up) - objective(down)) / 2e-5
      #expect(abs(Double(gradient[place]) - slope) < 1e-5 * max(1, abs(slope)))
    }
  }

  /// Where the gradient vanishes, each weight is one over the candidate's mean loss.
  @Test func weightsBecomeReciprocals() {
    let parameters = Floats(count: 4)
    let gradient = Floats(count: 4)
    for _ in 0..<4000 {
      UncertaintyWeights.gradient(of: Self.sums, at: parameters, into: gradient)
      for place in 0..<4 { parameters[place] -= 0.1 * gradient[place] }
    }
    for place in 0..<4 {
      let product = Double(UncertaintyWeights.weight(parameters[place])) * Self.means[place]
      #expect(abs(product - 1) < 1e-3)
    }
  }

  /// A candidate whose loss is 0 does not grow beyond all bounds, and comes back.
  @Test func weightsAreBounded() {
    let sums = StrategySums(counts: [1, 1], loss: 0, shares: [0, 0, 0, 0], losses: [0, 2])
    let gradient = Floats(count: 2)
    UncertaintyWeights.gradient(of: sums, at: Floats([40, 40]), into: gradient)
    #expect(gradient[0] == 0 && gradient[1] > 20_000 && gradient[1].isFinite)
    #expect(UncertaintyWeights.weight(40) == UncertaintyWeights.weight(10))
  }
}
