import Optimization
import Testing

@testable import Training

@Suite struct WeightRuleTests {
  private func configuration(_ drops: [String]) -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.train.learningRateDrops = drops
    return configuration
  }

  @Test(arguments: RunConfiguration.Optimizer.allCases)
  func hasTheNumbersOfTheConfiguration(optimizer: RunConfiguration.Optimizer) throws {
    var configuration = configuration(["6000:0.1", "7000:0.5"])
    configuration.train.optimizer = optimizer
    configuration.train.decay = .decoupled
    let rule = try configuration.weightRule()
    #expect(rule.kind.rawValue == optimizer.rawValue)
    #expect(rule.learningRate == 1e-3 && rule.weightDecay == 1e-6 && rule.decay == .decoupled)
    #expect(
      rule.learningRateDrops == [
        LearningRateDrop(step: 6000, factor: 0.1), LearningRateDrop(step: 7000, factor: 0.5),
      ])
  }

  @Test func epochsBecomeSteps() throws {
    // 30,001 rows in batches of 2,000: sixteen steps an epoch.
    let resolved = try configuration(["5:0.5", "1ep:0.1", "40:0.5"])
      .withDropsInSteps(trainingRows: 30_001)
    #expect(resolved.train.learningRateDrops == ["5:0.5", "16:0.1", "40:0.5"])
    #expect(try resolved.withDropsInSteps(trainingRows: 30_001) == resolved)
  }

  @Test(arguments: [["1ep:0.1"], ["5:0.1", "5:0.1"], ["5:0.1", "4:0.1"], ["soon:0.1"]])
  func refusesWhatIsNoScheduleInSteps(drops: [String]) {
    let failure = #expect(throws: Failure.self) { try configuration(drops).weightRule() }
    #expect(failure?.what.hasPrefix("train.learningRateDrops: ") == true)
    #expect(failure?.exitCode == .configuration)
  }

  @Test func refusesEpochsThatDoNotFitBetweenSteps() {
    #expect(throws: Failure.self) {
      try configuration(["20:0.1", "1ep:0.1"]).withDropsInSteps(trainingRows: 30_001)
    }
  }
}
