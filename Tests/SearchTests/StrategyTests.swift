import Objectives
import Testing

@testable import Search

@Suite struct StrategyTests {
  @Test func constantWeights() throws {
    let fixed = try Strategy("fixed:focal:gamma=2")
    #expect(fixed.name == "fixed:focal" && fixed.candidates.map(\.description) == ["focal"])
    #expect(fixed.constantWeights == [1] && fixed.temperature(at: 0) == nil)
    let equal = try Strategy("al1", candidates: Loss.list("ce mse mae kl hinge"))
    #expect(equal.constantWeights == [Float](repeating: 0.2, count: 5))
  }

  @Test func temperatures() throws {
    #expect(try Strategy("autoloss").temperature(at: 10_000) == 0.5)
    #expect(try Strategy("al2").temperature(at: 10_000) == nil)
  }

  @Test(arguments: [(2, 17_924)])
  func paperControllerSize(_ inputs: Int, _ parameters: Int) throws {
    #expect(try Strategy("autoloss").controller?.denseCount == parameters)
  }

  @Test(arguments: [
    ("fixed:", StrategyError.badLoss(.unknownLoss(""))),
    ("fixed:cee", .badLoss(.unknownLoss("cee"))),
    ("ce", .unknownStrategy("ce")),
    ("al3", .unknownStrategy("al3")),
    ("fixed:LOSS", .badLoss(.unknownLoss("LOSS"))),
  ])
  func refuses(_ text: String, _ error: StrategyError) {
    #expect(throws: error) { try Strategy(text) }
  }

  @Test func refusesUselessCandidates() throws {
    let one = try Loss.list("ce")
    #expect(throws: StrategyError.tooFewCandidates(strategy: "autoloss")) {
      try Strategy("autoloss", candidates: one)
    }
    let twice = try Loss.list("ce focal focal:gamma=2")
    #expect(throws: StrategyError.repeatedCandidate("focal")) {
      try Strategy("al1", candidates: twice)
    }
  }
}
