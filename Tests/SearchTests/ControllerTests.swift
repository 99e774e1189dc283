import Graph
import Testing

@testable import Search

@Suite struct ControllerTests {
  @Test func namesAndShapes() {
    var options = SearchOptions()
    options.hidden = [8, 6]
    let program = Program(
      tracing: Controller(outputCount: 3, options: options), schema: nil,
      inputWidth: Controller.inputWidth(classes: 2))
    let shapes = program.parameters.map { "\($0.name) \($0.shape)" }
    #expect(
      shapes == [
        "fc1.weight [8, 2]", "fc1.bias [8]", "bn1.weight [8]", "bn1.bias [8]",
        "fc2.weight [6, 8]", "fc2.bias [6]", "bn2.weight [6]", "bn2.bias [6]",
        "out.weight [3, 6]", "out.bias [3]",
      ])
    #expect(program.outputWidth == 3)
  }

  @Test func withoutBatchNorm() {
    var options = SearchOptions()
    options.hidden = [8]
    options.batchNorm = false
    let program = Program(
      tracing: Controller(outputCount: 3, options: options), schema: nil,
      inputWidth: Controller.inputWidth(classes: 2))
    #expect(program.parameters.map(\.name) == ["fc1.weight", "fc1.bias", "out.weight", "out.bias"])
    #expect(program.statisticsCount == 0)
  }
}
