import Objectives
import Testing

@testable import Search

@Suite struct StrategyErrorTests {
  @Test(arguments: [
    (StrategyError.unknownStrategy("ce"), "write fixed:ce"),
    (.unknownStrategy("autolos"), "did you mean \"autoloss\"?"),
    (.unknownStrategy("zzz"), "the strategies are fixed:LOSS, al1, al2, autoloss"),
    (.badLoss(.unknownLoss("cee")), "there is no loss \"cee\""),
    (.candidateCount(17, strategy: "al1"), "1 to 16 candidate losses, not 17"),
    (.badLoss(.binaryOnly(loss: "asl")), "more classes"),
    (.repeatedCandidate("ce"), "listed twice"),
  ])
  func saysWhatToDo(_ error: StrategyError, _ part: String) {
    #expect(error.description.contains(part), "\(error)")
  }
}
