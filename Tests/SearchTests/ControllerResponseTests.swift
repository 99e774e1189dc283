import Kernels
import Objectives
import Testing

@testable import Search

@Suite struct ControllerResponseTests {
  @Test(arguments: ["autoloss", "slf"])
  func probabilitiesOnAGrid(name: String) throws {
    let strategy = try Strategy(name)
    let program = try #require(strategy.controller)
    let state = ControllerState(
      dense: program.startDense(Randomness(seed: 1, purpose: .strategy)),
      statistics: program.startStatistics())
    let response = try #require(ControllerResponse(strategy, state: state, points: 5))
    #expect(response.predictions == [0, 0.25, 0.5, 0.75, 1])
    #expect(response.candidates == ["focal", "kl", "hinge", "ce"])
    #expect(response.answers[0].count == 5 && response.answers[1].count == 5)
    for alpha in response.answers[0] + response.answers[1] {
      #expect(alpha.count == 4 && abs(alpha.reduce(0, +) - 1) < 1e-6)
    }
    #expect(response.answers[0] != response.answers[1])
  }

  @Test func oneAnswerForEachClass() throws {
    let strategy = try Strategy("autoloss", candidates: Loss.list("ce focal"), classes: 4)
    let program = try #require(strategy.controller)
    let state = ControllerState(
      dense: program.startDense(Randomness(seed: 1, purpose: .strategy)),
      statistics: program.startStatistics())
    let response = try #require(ControllerResponse(strategy, state: state, points: 5))
    #expect(response.answers.map(\.count) == [5, 5, 5, 5])
    for alpha in response.answers.joined() {
      #expect(alpha.count == 2 && abs(alpha.reduce(0, +) - 1) < 1e-6)
    }
    #expect(Set(response.answers).count == 4)
  }

  @Test func staticWeightsAnswerTheSameEverywhere() throws {
    let strategy = try Strategy("darts", candidates: Loss.list("ce focal"))
    let state = ControllerState(dense: Floats([0, 1]), statistics: Floats(count: 0))
    let response = try #require(ControllerResponse(strategy, state: state, points: 3))
    for alpha in response.answers[0] + response.answers[1] {
      #expect(abs(alpha[0] - 0.268_941_42) < 1e-6 && abs(alpha[1] - 0.731_058_6) < 1e-6)
    }
  }

  @Test func noneWithoutAController() throws {
    let state = ControllerState(dense: Floats(count: 0), statistics: Floats(count: 0))
    #expect(ControllerResponse(try Strategy("al1"), state: state) == nil)
  }
}
