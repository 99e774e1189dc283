import Graph
import Kernels
import Models
import TestSupport
import Testing

@Suite struct DeepFMTests {
  static func options(outputs: Int) -> ModelOptions {
    var options = ModelOptions()
    options.embeddingWidth = 5
    options.hidden = [7, 6]
    options.outputs = outputs
    return options
  }

  @Test(arguments: [1, 4])
  func logitsEqualTheFormula(outputs: Int) {
    let program = Program(
      tracing: DeepFM(Self.options(outputs: outputs)),
      schema: FeatureSchema(fieldSizes: [4, 3, 6]))
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let weights = outputs == 1 ? [1] : plain.values("fm_weight")
    var expected: [Double] = []
    for example in 0..<20 {
      let e = plain.vectors("embedding.embedding.weight", example: example)
      let second = plain.pairs(e).reduce(0, +)
      let deep = plain.perceptron("mlp.mlp", layers: 2, e.flatMap { $0 })
      let first = plain.firstOrder(example: example)
      expected += (0..<outputs).map { first[$0] + weights[$0] * second + deep[$0] }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  @Test func aRowHoldsTheEmbeddingAndThenTheFirstOrderWeight() {
    var options = ModelOptions()
    options.linearInitialisation = .normal(standardDeviation: 1)
    let program = Program(
      tracing: DeepFM(options), schema: FeatureSchema(fieldSizes: [4, 3, 6]))
    #expect(
      program.rowParts.map(\.name) == ["embedding.embedding.weight", "linear.fc.weight"])
    #expect(program.rowParts.map(\.offset) == [0, 16])
    #expect(program.rowWidth == 17)
    #expect(program.rowParts[1].initialisation == .normal(standardDeviation: 1))
  }
}
