import Foundation
import Testing

@testable import Optimization

@Suite struct UpdateRuleTests {
  @Test func defaultsAreThePapers() {
    let rule = UpdateRule.adam()
    #expect(rule.learningRate == 1e-3 && rule.weightDecay == 1e-6 && rule.decay == .coupled)
    #expect(rule.stateNames == ["firstMoment", "secondMoment"])
    #expect(rule.defect == nil)
  }

  @Test(arguments: [
    UpdateRule.adam(learningRate: 0), .adam(weightDecay: -1), .adam(beta1: 1), .adam(epsilon: 0),
    .sgd(momentum: 1), .sgd(learningRate: .nan),
  ])
  func wrongNumbersAreNamed(rule: UpdateRule) {
    #expect(rule.defect?.contains("must be") == true)
  }

  @Test(arguments: [
    (UpdateRule.adam(), false), (.adam(weightDecay: 1e-5), false), (.adam(weightDecay: 1e-4), true),
    (.adam(weightDecay: 1e-2, decay: .decoupled), false), (.lazyAdam(weightDecay: 1e-2), false),
    (.sgd(weightDecay: 1e-2), false),
  ])
  func onlyStrongCoupledDecayReplaysEachStep(rule: UpdateRule, replays: Bool) {
    #expect(rule.replaysEachStep == replays)
  }

  @Test func survivesCoding() throws {
    let rule = UpdateRule.sgd(momentum: 0.5)
    let data = try JSONEncoder().encode(rule)
    #expect(try JSONDecoder().decode(UpdateRule.self, from: data) == rule)
  }
}
