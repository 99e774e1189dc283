import Testing

@testable import Training

@Suite struct RunConfigurationTests {
  /// The paper's settings, where it states them.
  @Test func startsAsThePaperDoes() {
    let defaults = RunConfiguration()
    #expect(defaults.model.embeddingWidth == 16)
    #expect(defaults.model.hidden == [128, 128])
    #expect(defaults.model.dropout == 0.2)
    #expect(defaults.search.candidates == ["focal", "kl", "hinge", "ce"])
    #expect(defaults.search.every == 7)
    #expect(defaults.train.batchSize == 2000)
    #expect(defaults.train.learningRate == 0.001)
    #expect(defaults.search.temperature == .init(start: 1, slope: 0.00005, floor: 0.01))
  }
}
