import Graph
import Kernels
import Models
import TestSupport
import Testing

@Suite struct IPNNTests {
  @Test(arguments: [1, 4])
  func logitsEqualTheFormula(outputs: Int) {
    let program = Program(
      tracing: IPNN(DeepFMTests.options(outputs: outputs)),
      schema: FeatureSchema(fieldSizes: [4, 3, 6, 2]))
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let expected = (0..<20).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      return plain.perceptron("mlp.mlp", layers: 2, e.flatMap { $0 } + plain.pairs(e))
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  @Test func thereAreNoFirstOrderWeights() {
    let program = Program(
      tracing: IPNN(ModelOptions()), schema: FeatureSchema(fieldSizes: [4, 3, 6]))
    #expect(program.rowParts.map(\.name) == ["embedding.embedding.weight"])
    #expect(!program.parameters.contains { $0.name.hasPrefix("linear") })
  }
}
