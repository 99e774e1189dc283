import Testing

@testable import Optimization

@Suite struct StepCountTests {
  @Test(arguments: [("0", 0), ("1", 1), ("6000", 6000), ("0ep", 0), ("1ep", 15), ("3ep", 45)])
  func readsStepsAndEpochs(text: String, steps: Int) {
    #expect(StepCount.read(text, stepsPerEpoch: 15) == steps)
    #expect(StepCount.isInEpochs(text) == text.contains("ep"))
  }

  @Test(arguments: ["", "ep", "-1", "1.5", "1.5ep", "1 ep", "soon", "9223372036854775807ep", "1e3"])
  func readsNothingElse(text: String) {
    #expect(StepCount.read(text, stepsPerEpoch: 15) == nil)
  }

  @Test func anEpochWithoutStepsCountsAsOne() {
    #expect(StepCount.read("3ep", stepsPerEpoch: 0) == 3)
  }
}
