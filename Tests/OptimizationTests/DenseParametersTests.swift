import Kernels
import Testing

@testable import Optimization

@Suite struct DenseParametersTests {
  private static let count = 21

  private static func gradient(_ step: Int) -> Floats {
    let randomness = Randomness(seed: 7, purpose: .test)
    return Floats((0..<count).map { randomness.normal(example: step, lane: $0) })
  }

  private static func parameters(_ rule: UpdateRule) -> DenseParameters {
    DenseParameters(
      parts: [
        ParameterPart(
          name: "w", offset: 0, width: count, initialisation: .normal(standardDeviation: 1))
      ], rule: rule, seed: 3)
  }

  static let rules: [UpdateRule] = [
    .adam(learningRate: 0.01, weightDecay: 1e-3),
    .adam(learningRate: 0.01, weightDecay: 1e-2, decay: .decoupled),
    .lazyAdam(learningRate: 0.01), .sgd(learningRate: 0.1, weightDecay: 1e-2),
    .sgd(learningRate: 0.1, momentum: 0.9, weightDecay: 1e-2, decay: .decoupled),
  ]

  /// Step t of N is made by the rule whose learning rate is t/N of it, moments and decay included.
  @Test(arguments: rules)
  func theRateGrowsStepByStep(rule: UpdateRule) {
    var warming = rule
    (warming.warmUpSteps, warming.learningRateDrops) = (6, [LearningRateDrop(step: 4, factor: 0.5)])
    let (fast, slow) = (Self.parameters(warming), Self.parameters(rule))
    for step in 1...9 {
      // Two threads share the vector.
      for range in [0..<16, 16..<Self.count] {
        fast.apply(gradient: Self.gradient(step), range: range, step: step)
      }
      var now = rule
      now.learningRate *= min(1, Double(step) / 6) * (step > 4 ? 0.5 : 1)
      now.schedule.rule(ofStep: step).apply(
        weights: slow.weights, state: slow.state, gradient: Self.gradient(step),
        range: 0..<Self.count, step: step)
      for (one, other) in zip(fast.weights.array, slow.weights.array) {
        #expect(abs(one - other) < 2e-6 * (1 + abs(other)), "step \(step)")
      }
    }
    #expect(fast.weights.array != Self.parameters(rule).weights.array)
  }

  /// Without a warm-up, and after it, no bit is another one.
  @Test(arguments: rules)
  func afterTheWarmUpTheRateIsWhatItIs(rule: UpdateRule) {
    var warming = rule
    warming.warmUpSteps = 3
    let (one, other) = (Self.parameters(warming), Self.parameters(rule))
    for step in 3...6 {
      for parameters in [one, other] {
        parameters.apply(gradient: Self.gradient(step), range: 0..<Self.count, step: step)
      }
    }
    #expect(one.weights.array.map(\.bitPattern) == other.weights.array.map(\.bitPattern))
    #expect(warming.warmUpFactor(ofStep: 1) == 1 / 3 && warming.warmUpFactor(ofStep: 3) == 1)
  }

  @Test func rowsHaveNoWarmUp() async {
    await #expect(processExitsWith: .failure) {
      var rule = UpdateRule.adam()
      rule.warmUpSteps = 1
      _ = RowTable(rowCount: 1, parts: [], rule: rule)
    }
  }
}
