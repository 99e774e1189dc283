import Objectives
import Testing

@testable import Search

@Suite struct StrategyErrorTests {
  @Test(arguments: [
    (StrategyError.unknownStrategy("ce"), "write fixed:ce"),
    (.unknownStrategy("autolos"), "did you mean \"autoloss\"?"),
    (.needsManyRuns("bohb"), "`autoloss tune`"),
    (.unknownStrategy("zzz"), "the strategies are fixed:LOSS, weights:W1"),
    (.badLoss(.unknownLoss("cee")), "there is no loss \"cee\""),
    (.candidateCount(17, strategy: "al1"), "1 to 16 candidate losses, not 17"),
    (.badLoss(.binaryOnly(loss: "asl")), "more classes"),
    (.repeatedCandidate("ce"), "listed twice"),
    (.badWeights("1,x"), "as in weights:0.7,0.3; not \"1,x\""),
    (.weightCount(3, candidates: 4), "lists 3 numbers for 4 candidate losses"),
    (
      .badNumber("beta=x", of: "softadapt", name: "beta", from: -2, to: 7),
      "takes beta, a number from -2.0 to 7.0, as in softadapt:beta=0.1; not \"beta=x\""
    ),
    (.badParameter("x", of: "al1"), "al1 takes no parameters"),
  ])
  func saysWhatToDo(_ error: StrategyError, _ part: String) {
    #expect(error.description.contains(part), "\(error)")
  }
}
