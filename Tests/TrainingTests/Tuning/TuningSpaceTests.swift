import Testing

@testable import Training

@Suite struct TuningSpaceTests {
  @Test func aPointIsAssignments() throws {
    let space = TuningSpace([
      .init("train.learningRate", .logUniform(1e-4, 1e-2)),
      .init("loss", .simplex(["focal:gamma=2,alpha=0.25", "ce", "mse"])),
      .init("model.hidden", .choice(["[64]", "[128,64]"])),
    ])
    #expect(space.coordinateCount == 4)
    let assignments = space.assignments([0.5, 0, 1, 0.9])
    #expect(
      assignments == [
        "search.candidates=[focal:gamma=2,alpha=0.25,ce,mse]", "train.learningRate=0.001",
        "loss=weights:0.0000,1.0000,0.0000", "model.hidden=[128,64]",
      ])
    var resolver = ConfigurationResolver(workingFolder: "/")
    for assignment in assignments { try resolver.apply(assignment: assignment) }
    let configuration = try resolver.resolve().configuration
    #expect(configuration.search.candidates == ["focal:gamma=2,alpha=0.25", "ce", "mse"])
    #expect(configuration.model.hidden == [128, 64] && configuration.train.learningRate == 0.001)
  }

  @Test func equalSpacesHaveEqualTexts() {
    let weights = TuningSpace.weights(of: ["ce", "mae"])
    #expect(weights.description == "loss: simplex([\"ce\", \"mae\"])\n")
    #expect(weights.description != TuningSpace.weights(of: ["mae", "ce"]).description)
  }
}
