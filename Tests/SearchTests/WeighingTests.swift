import Testing

@testable import Search

@Suite struct WeighingTests {
  @Test(arguments: [
    ("fixed:ce", Weighing.constant([1])), ("weights:1,0,1,2", .constant([0.25, 0, 0.25, 0.5])),
    ("random", .draw), ("al1", .constant([0.25, 0.25, 0.25, 0.25])),
    ("al2", .controller(noise: false)), ("autoloss", .controller(noise: true)),
    ("slf", .gates), ("darts", .softmax),
    ("uncertainty", .exponential), ("softadapt", .rates(beta: 0.1)),
    ("melu:rate=0.01", .meta(rate: 0.01)), ("softadapt:beta=-2.5", .rates(beta: -2.5)),
  ])
  func namesSayHowWeightsComeAbout(text: String, weighing: Weighing) throws {
    #expect(try Strategy(text).weighing == weighing)
  }

  /// What is learned, and what is kept beside it from step to step.
  @Test(arguments: [
    ("weights:1,1,1,1", 0, 0), ("random", 0, 0), ("darts", 4, 0), ("uncertainty", 4, 0),
    ("softadapt", 4, 8),
  ])
  func sizes(text: String, parameters: Int, statistics: Int) throws {
    let program = try Strategy(text).controller
    #expect(program?.denseCount ?? 0 == parameters)
    #expect(program?.statisticsCount ?? 0 == statistics)
  }
}
