import Foundation
import Kernels
import Testing

@testable import Search

@Suite struct MetaWeightsTests {
  /// The chain rule through the softmax, for signals g and an objective Σ α_i g_i.
  @Test func gradientIsTheSlope() {
    let signals: [Double] = [0.5, -1, 2, 0]
    let sums = StrategySums(
      counts: [3, 2], loss: 0, shares: [Double](repeating: 0, count: 8),
      losses: signals.map { 5 * $0 })
    let parameters: [Double] = [0.3, -0.2, 1, 0]
    func objective(_ parameters: [Double]) -> Double {
      let powers = parameters.map { exp($0) }
      let sum = powers.reduce(0, +)
      return zip(powers, signals).map { $0 * $1 / sum }.reduce(0, +)
    }
    let gradient = Floats(count: 4)
    MetaWeights.gradient(
      of: sums, at: Floats(parameters.map(Float.init)), into: gradient)
    for place in 0..<4 {
      var (up, down) = (parameters, parameters)
      up[place] += 1e-5
      down[place] -= 1e-5
      let slope = (objective(up) - objective(down)) / 2e-5
      #expect(abs(Double(gradient[place]) - slope) < 1e-5)
    }
  }

  /// −d_i is the mean over the support of what the logits' velocity does to each candidate.
  @Test(arguments: [2, 5])
  func signalsAreMeansOverTheSupport(classes: Int) throws {
    let strategy = try Strategy("melu", classes: classes)
    let state = try #require(StrategyWorkspaceTests.state(strategy))
    let rows = 10
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: 16)
    let logits = (0..<rows * strategy.outputs).map { Float($0 % 7) * 0.4 - 1 }
    let velocity = (0..<rows * strategy.outputs).map { Float($0 % 5) - 1.5 }
    func losses(_ step: Float) -> [Double] {
      let moved = zip(logits, velocity).map { $0 + step * $1 }
      let slice =
        classes == 2
        ? StrategyWorkspaceTests.slice(moved) : StrategyWorkspaceClassesTests.slice(moved)
      workspace.weigh(slice, controller: state, into: Floats(count: logits.count))
      return (0..<4).map { candidate in
        (0..<4).reduce(0) { $0 + Double(workspace.candidates.value(candidate)[$1]) } / 4
      }
    }
    let (up, down) = (losses(0.002), losses(-0.002))
    _ = losses(0)
    workspace.note(velocity: Floats(velocity), support: 4, rows: rows)
    for candidate in 0..<4 {
      let slope = (up[candidate] - down[candidate]) / 0.004
      #expect(abs(workspace.sums.meanLoss(candidate) + slope) < 2e-3 * max(1, abs(slope)))
    }
  }
}
