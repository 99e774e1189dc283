import Kernels
import Objectives
import Search
import Testing

@testable import Training

@Suite struct RunReportTests {
  private func response(_ answer: (_ label: Int, _ prediction: Float) -> Float) throws
    -> ControllerResponse
  {
    let strategy = try Strategy("autoloss", candidates: Loss.list("ce focal"))
    let program = try #require(strategy.controller)
    var response = try #require(
      ControllerResponse(
        strategy,
        state: ControllerState(
          dense: Floats(count: program.denseCount),
          statistics: Floats(count: program.statisticsCount)), points: 5))
    response.answers = (0..<2).map { label in
      response.predictions.map { [answer(label, $0), 1 - answer(label, $0)] }
    }
    return response
  }

  private func finding(_ answer: (Int, Float) -> Float) throws -> String {
    try #require(RunReport.findings(response(answer), shares: []).first)
  }

  @Test func saysWhatTheControllerTellsApart() throws {
    #expect(try finding { _, _ in 0.5 }.contains("the same for every example"))
    #expect(try finding { label, _ in label == 0 ? 0.2 : 0.9 }.contains("tells labels apart"))
    #expect(try finding { _, prediction in prediction / 2 }.contains("move by up to 0.5"))
    #expect(RunReport.findings(nil, shares: [])[0].contains("no controller"))
  }

  @Test(arguments: [
    ("paper", 0.0, true), ("paper", 0.001, false), ("normalised", 0, false),
    ("logloss", 0.001, false),
  ])
  func saysWhenTheSmallestLossIsFavoured(upper: String, virtualStep: Double, expected: Bool) {
    let aim = RunReport.Aim(upper: upper, virtualStep: virtualStep, every: 7)
    let findings = RunReport.findings(nil, aim: aim, shares: [])
    #expect(findings.contains { $0.contains("favours the smallest loss") } == expected)
  }

  @Test func saysWhenOneCandidateHasItAll() throws {
    let shares = [0.99, 0.01].map { CandidateShare(candidate: "ce", all: $0) }
    #expect(RunReport.findings(nil, shares: shares).last?.contains("99.0 %") == true)
    #expect(RunReport.findings(nil, shares: [shares[0]]).count == 1)
    let even = [0.5, 0.5].map { CandidateShare(candidate: "ce", all: $0) }
    #expect(RunReport.findings(nil, shares: even).count == 1)
  }
}
