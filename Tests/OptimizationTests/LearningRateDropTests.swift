import Testing

@testable import Optimization

@Suite struct LearningRateDropTests {
  @Test(arguments: [
    ("6000:0.1", LearningRateDrop(step: 6000, factor: 0.1)),
    ("1:1e-3", LearningRateDrop(step: 1, factor: 1e-3)),
    ("1ep:0.5", LearningRateDrop(step: 15, factor: 0.5)),
    ("3ep:0.25", LearningRateDrop(step: 45, factor: 0.25)),
  ])
  func readsStepsAndEpochs(text: String, drop: LearningRateDrop) {
    #expect(LearningRateDrop(text, stepsPerEpoch: 15) == drop)
    #expect(LearningRateDrop(drop.description, stepsPerEpoch: 7) == drop)
    #expect(LearningRateDrop.countsEpochs(text) == text.contains("ep"))
  }

  @Test(arguments: [
    "", "6000", "6000:", ":0.1", "6000:0", "6000:1", "6000:2", "6000:-0.1", "6000:nan", "0:0.1",
    "-5:0.1", "0ep:0.1", "ep:0.1", "1.5ep:0.1", "6000:0.1:0.1", "6000=0.1",
    "9223372036854775807ep:0.5",
  ])
  func readsNothingElse(text: String) {
    #expect(LearningRateDrop(text, stepsPerEpoch: 15) == nil)
  }

  @Test func dropsMustAscend() {
    let early = LearningRateDrop(step: 5, factor: 0.1)
    let late = LearningRateDrop(step: 6, factor: 0.1)
    #expect(LearningRateDrop.defect(of: []) == nil)
    #expect(LearningRateDrop.defect(of: [early, late]) == nil)
    #expect(LearningRateDrop.defect(of: [late, early])?.contains("after 5 steps") == true)
    #expect(LearningRateDrop.defect(of: [early, early]) != nil)
    #expect(LearningRateDrop.defect(of: [LearningRateDrop(step: 5, factor: 1)]) != nil)
  }
}
