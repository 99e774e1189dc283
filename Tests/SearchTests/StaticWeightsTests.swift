import Graph
import Kernels
import Testing

@testable import Search

@Suite struct StaticWeightsTests {
  @Test func allExamplesHaveTheSameNumbers() {
    let program = Program(
      tracing: StaticWeights(candidateCount: 3, memory: ["a", "b"]), schema: nil)
    #expect(program.denseCount == 3 && program.statisticsCount == 6 && program.inputWidth == 0)
    #expect(program.startDense(Randomness(seed: 1, purpose: .weights)).array == [0, 0, 0])
    #expect(program.startStatistics().array == [Float](repeating: 0, count: 6))
    let workspace = Workspace(program: program, maximumRows: 9)
    let dense = Floats([1, -2, 0.5])
    workspace.forward(
      rows: 5, uniqueRows: 0, dense: dense, statistics: program.startStatistics(),
      mode: .evaluation)
    #expect(workspace.outputs.slice(0, 15).array == (0..<5).flatMap { _ in dense.array })
    for place in 0..<15 { workspace.outputGradient[place] = Float(place) }
    workspace.backward(dense: dense)
    #expect(workspace.denseGradient.array == [30, 35, 40])
  }
}
