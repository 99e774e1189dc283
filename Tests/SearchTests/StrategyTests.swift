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
    let given = try Strategy("weights:1,0,3", candidates: Loss.list("ce mse mae"))
    #expect(given.name == "weights:1,0,3" && given.constantWeights == [0.25, 0, 0.75])
    for learned in ["random", "darts", "uncertainty", "softadapt", "al2"] {
      #expect(try Strategy(learned).constantWeights == nil)
    }
  }

  @Test func temperatures() throws {
    #expect(try Strategy("autoloss").temperature(at: 10_000) == 0.5)
    #expect(try Strategy("al2").temperature(at: 10_000) == nil)
  }

  /// One candidate is a choice as well, and sixteen are.
  @Test(arguments: [1, 16])
  func fewAndManyCandidates(_ count: Int) throws {
    let candidates = try (0..<count).map { try Loss("focal:gamma=\($0)") }
    #expect(try Strategy("autoloss", candidates: candidates).candidates.count == count)
  }

  @Test(arguments: [(2, 17_924), (5, 18_948)])
  func paperControllerSize(_ classes: Int, _ parameters: Int) throws {
    let strategy = try Strategy("autoloss", classes: classes)
    #expect(strategy.controller?.denseCount == parameters)
    #expect(strategy.outputs == (classes == 5 ? 5 : 1))
  }

  @Test(arguments: [
    ("fixed:asl", 5, LossError.binaryOnly(loss: "asl")),
    ("fixed:ordinal_mse", 2, .needsClasses(loss: "ordinal_mse")),
    ("al1", 5, .binaryParameter(loss: "focal", name: "alpha")),
  ])
  func refusesLossesOfAnotherTask(_ text: String, _ classes: Int, _ error: LossError) throws {
    let candidates = try Loss.list("ce focal:alpha=0.25")
    // Without data nobody knows the task.
    try Strategy.check(text, candidates: candidates)
    #expect(throws: StrategyError.badLoss(error)) {
      try Strategy(text, candidates: candidates, classes: classes)
    }
  }

  @Test(arguments: [
    ("fixed:", StrategyError.badLoss(.unknownLoss(""))),
    ("fixed:cee", .badLoss(.unknownLoss("cee"))),
    ("ce", .unknownStrategy("ce")),
    ("al3", .unknownStrategy("al3")),
    ("bohb", .needsManyRuns("bohb")),
    ("fixed:LOSS", .badLoss(.unknownLoss("LOSS"))),
    ("fixed", .unknownStrategy("fixed")),
    ("weights", .unknownStrategy("weights")),
    ("weights:", .badWeights("")),
    ("weights:1,,2", .badWeights("1,,2")),
    ("weights:1,-1,1,1", .badWeights("1,-1,1,1")),
    ("weights:0,0,0,0", .badWeights("0,0,0,0")),
    ("weights:1,inf,1,1", .badWeights("1,inf,1,1")),
    ("weights:1,nan,1,1", .badWeights("1,nan,1,1")),
    ("weights:1,2,3", .weightCount(3, candidates: 4)),
    ("softadapt:", beta("")), ("softadapt:gamma=2", beta("gamma=2")),
    ("softadapt:beta=much", beta("beta=much")), ("softadapt:beta=1e9", beta("beta=1e9")),
    (
      "melu:rate=0",
      .badNumber("rate=0", of: "melu", name: "rate", from: 1e-6, to: 10)
    ),
    ("al1:beta=1", .badParameter("beta=1", of: "al1")),
    ("random:", .badParameter("", of: "random")),
  ])
  func refuses(_ text: String, _ error: StrategyError) {
    #expect(throws: error) { try Strategy(text) }
    #expect(throws: error) { try Strategy.check(text, candidates: Loss.paperCandidates) }
  }

  private static func beta(_ text: String) -> StrategyError {
    .badNumber(text, of: "softadapt", name: "beta", from: -1000, to: 1000)
  }

  @Test func refusesUselessCandidates() throws {
    let many = try (0...16).map { try Loss("focal:gamma=\($0 % 16).\($0)") }
    for candidates in [[], many] {
      #expect(throws: StrategyError.candidateCount(candidates.count, strategy: "autoloss")) {
        try Strategy("autoloss", candidates: candidates)
      }
    }
    let twice = try Loss.list("ce focal focal:gamma=2")
    #expect(throws: StrategyError.repeatedCandidate("focal")) {
      try Strategy("al1", candidates: twice)
    }
  }
}
