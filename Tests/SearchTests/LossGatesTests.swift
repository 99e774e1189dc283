import Foundation
import Kernels
import Testing

@testable import Search

@Suite struct LossGatesTests {
  private static let rows = 11
  private static let count = 3
  private static let randomness = Randomness(seed: 3, purpose: .gumbel, step: 5)

  private static func outputs(scale: Double = 2) -> [Double] {
    (0..<2 * rows * count).map {
      scale * Double(Randomness(seed: 8, purpose: .test).normal(example: $0, lane: 0))
    }
  }

  /// q of the definition, b_i c_i / Σ_j b_j c_j, row by row.
  private func shares(_ outputs: [Double], temperature: Double, noisy: Bool) -> [[Double]] {
    (0..<Self.rows).map { row in
      let first = 2 * row * Self.count
      var products: [Double] = []
      for candidate in 0..<Self.count {
        let u = Double(Self.randomness.uniform(example: 20 + row, lane: candidate))
        let noise = noisy ? log(u) - log(1 - u) : 0
        let gate = 1 / (1 + exp(-(outputs[first + candidate] + noise) / temperature))
        products.append(gate * exp(outputs[first + Self.count + candidate]))
      }
      let sum = products.reduce(0, +)
      return products.map { $0 / sum }
    }
  }

  private func run(_ gates: LossGates, _ outputs: [Double], temperature: Double, noisy: Bool) {
    gates.silence()
    if noisy { gates.draw(Self.randomness, firstExample: 20, rows: Self.rows) }
    gates.score(
      outputs: Floats(outputs.map(Float.init)), rows: Self.rows, temperature: temperature)
  }

  @Test(arguments: [1, 0.3], [true, false])
  func scoresAreThoseOfTheDefinition(temperature: Double, noisy: Bool) {
    let gates = LossGates(candidateCount: Self.count, maximumRows: Self.rows + 4)
    run(gates, Self.outputs(), temperature: temperature, noisy: noisy)
    let expected = shares(Self.outputs(), temperature: temperature, noisy: noisy)
    for row in 0..<Self.rows {
      let powers = (0..<Self.count).map { exp(Double(gates.scores[row * Self.count + $0])) }
      let sum = powers.reduce(0, +)
      for candidate in 0..<Self.count {
        #expect(abs(powers[candidate] / sum - expected[row][candidate]) < 2e-6)
      }
    }
  }

  /// For L = Σ r s, with arbitrary r.
  @Test(arguments: [1, 0.3])
  func gradientIsTheSlope(temperature: Double) {
    let gates = LossGates(candidateCount: Self.count, maximumRows: Self.rows)
    let slopes = (0..<Self.rows * Self.count).map { Double($0 % 5) - 1.8 }
    func loss(_ outputs: [Double]) -> Double {
      run(gates, outputs, temperature: temperature, noisy: true)
      var sum = 0.0
      for (place, slope) in slopes.enumerated() { sum += slope * Double(gates.scores[place]) }
      return sum
    }
    for (place, slope) in slopes.enumerated() { gates.scoreGradient[place] = Float(slope) }
    let outputs = Self.outputs(scale: 1)
    let gradient = Floats(count: outputs.count)
    _ = loss(outputs)
    gates.backward(rows: Self.rows, temperature: temperature, into: gradient)
    for place in outputs.indices {
      var (up, down) = (outputs, outputs)
      up[place] += 0.01
      down[place] -= 0.01
      let quotient = (loss(up) - loss(down)) / 0.02
      #expect(abs(quotient - Double(gradient[place])) < 2e-3 * max(1, abs(quotient)))
    }
  }

  /// Where every gate is shut the least closed ones share the weight; no number is lost.
  @Test func shutGatesLeaveAChoice() {
    let gates = LossGates(candidateCount: Self.count, maximumRows: Self.rows)
    var outputs = [Double](repeating: -1000, count: 2 * Self.rows * Self.count)
    outputs[1] = -900
    run(gates, outputs, temperature: 0.01, noisy: false)
    let scores = gates.scores.slice(0, Self.count).array
    #expect(scores.allSatisfy(\.isFinite) && scores[1] > scores[0] && scores[0] == scores[2])
  }
}
