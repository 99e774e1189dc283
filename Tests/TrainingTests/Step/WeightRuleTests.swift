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
    let rule = try configuration.rowRule()
    #expect(rule.kind.rawValue == optimizer.rawValue)
    #expect(rule.learningRate == 1e-3 && rule.weightDecay == 1e-6 && rule.decay == .decoupled)
    #expect(
      rule.learningRateDrops == [
        LearningRateDrop(step: 6000, factor: 0.1), LearningRateDrop(step: 7000, factor: 0.5),
      ])
  }

  @Test func whatIsInNoRowMayMoveOtherwise() throws {
    var configuration = configuration(["6000:0.1"])
    #expect(try configuration.denseRule() == configuration.rowRule())
    configuration.train.denseWeightDecay = 0
    configuration.train.denseLearningRate = 0.02
    let (rows, dense) = (try configuration.rowRule(), try configuration.denseRule())
    #expect(rows.learningRate == 1e-3 && rows.weightDecay == 1e-6)
    #expect(dense.learningRate == 0.02 && dense.weightDecay == 0)
    #expect(dense.learningRateDrops == rows.learningRateDrops)
    let parts = try RunParts(configuration, fieldSizes: [5, 7, 3])
    #expect(parts.store.rows.rule == rows && parts.store.dense.rule == dense)
  }

  /// What a run comes to by itself is told to others as if it had been configured.
  @Test func dropsThatAreFoundJoinTheOthers() throws {
    var configuration = configuration([])
    configuration.train.plateauFactor = 0.5
    let found = [20, 40].map { LearningRateDrop(step: $0, factor: 0.5) }
    let parts = try RunParts(configuration, fieldSizes: [5, 7], plateauDrops: found)
    #expect(parts.store.rows.rule.learningRateDrops == found)
    #expect(parts.store.dense.rule.learningRateDrops == found)
    let told = configuration.told(found)
    #expect(told.train.learningRateDrops == ["20:0.5", "40:0.5"] && told.train.plateauFactor == 0)
    #expect(try told.rowRule() == parts.store.rows.rule)
    let read = try RunConfiguration(yaml: told.yaml, named: "told")
    #expect(try read.rowRule() == parts.store.rows.rule)
  }

  /// Rows have none: they pass over steps.
  @Test func whatIsInNoRowMayBeginSlowly() throws {
    var configuration = configuration(["40:0.5"])
    configuration.train.denseWarmUp = "2ep"
    let resolved = try configuration.withDropsInSteps(trainingRows: 30_001)
    #expect(resolved.train.denseWarmUp == "32")
    #expect(try resolved.withDropsInSteps(trainingRows: 30_001) == resolved)
    #expect(try resolved.denseRule().warmUpSteps == 32 && resolved.rowRule().warmUpSteps == 0)
    let parts = try RunParts(resolved, fieldSizes: [5, 7, 3])
    #expect(parts.store.dense.rule.warmUpSteps == 32 && parts.store.rows.rule.warmUpSteps == 0)
    configuration.train.denseWarmUp = "0"
    #expect(try configuration.denseRule().warmUpSteps == 0)
  }

  @Test(arguments: ["soon", "1ep", "-1", ""])
  func refusesWhatIsNoWarmUpInSteps(text: String) {
    var configuration = configuration([])
    configuration.train.denseWarmUp = text
    let failure = #expect(throws: Failure.self) { try configuration.denseRule() }
    #expect(failure?.what == "train.denseWarmUp: \"\(text)\" is no number of steps or epochs")
    #expect(failure?.exitCode == .configuration)
  }

  @Test func gradientsAreBoundedOnRequest() throws {
    var configuration = configuration([])
    #expect(configuration.gradientClip == nil)
    #expect(try RunParts(configuration, fieldSizes: [5, 7]).store.rows.kernel.clip == nil)
    configuration.train.cowClip = 0.5
    #expect(configuration.gradientClip == GradientClip(ratio: 0.5, floor: 1e-5))
    configuration.model.embeddingWidth = 6
    let clip = try RunParts(configuration, fieldSizes: [5, 7]).store.rows.kernel.clip
    // First-order weight and embedding, each by itself.
    #expect(clip?.parts.map(\.count).sorted() == [1, 6] && clip?.ratio == 0.5)
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
    let failure = #expect(throws: Failure.self) { try configuration(drops).rowRule() }
    #expect(failure?.what.hasPrefix("train.learningRateDrops: ") == true)
    #expect(failure?.exitCode == .configuration)
  }

  @Test func refusesEpochsThatDoNotFitBetweenSteps() {
    #expect(throws: Failure.self) {
      try configuration(["20:0.1", "1ep:0.1"]).withDropsInSteps(trainingRows: 30_001)
    }
  }
}
