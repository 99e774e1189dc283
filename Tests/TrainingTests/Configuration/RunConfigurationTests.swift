import Testing

@testable import Training

@Suite struct RunConfigurationTests {
  /// The paper's settings of network and training, where it states them.
  @Test func networksStartAsThePapersDo() {
    let defaults = RunConfiguration()
    #expect(defaults.model.embeddingWidth == 16)
    #expect(defaults.model.hidden == [128, 128])
    #expect(defaults.model.dropout == 0.2)
    #expect(defaults.search.every == 7)
    #expect(defaults.train.batchSize == 2000)
    #expect(defaults.train.learningRate == 0.001)
  }

  /// The search is one that was measured to help, and not the paper's.
  @Test func searchesLookAheadByDefault() {
    let search = RunConfiguration().search
    #expect(search.upper == .logloss)
    #expect(search.virtualStep == RunConfiguration().train.learningRate)
    #expect(search.candidates == ["ce", "mae", "gce"])
    #expect(search.controller.hidden == [32, 32] && search.controller.learningRate == 0.01)
    let paper = RunConfiguration.paperSearch
    #expect(paper.upper == .paper && paper.virtualStep == 0)
    #expect(paper.candidates == ["focal", "kl", "hinge", "ce"])
    #expect(paper.temperature == .init(start: 1, slope: 0.00005, floor: 0.01))
    #expect(paper.controller.hidden == [128, 128] && paper.controller.batchNorm)
    #expect(paper.every == search.every && paper.attached == search.attached)
  }
}
