import Graph
import Kernels
import Models
import TestSupport
import Testing

@Suite struct NCFTests {
  /// Any two of the fields; the others play no part.
  @Test(arguments: [1, 5], [(0, 0), (2, 1), (3, 1)])
  func logitsEqualTheFormula(outputs: Int, fields: (user: Int, item: Int)) {
    var options = DeepFMTests.options(outputs: outputs)
    (options.particular.userField, options.particular.itemField) = fields
    let program = Program(
      tracing: NCF(options), schema: FeatureSchema(fieldSizes: [4, 3, 6]))
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let (user, item) = fields.user == 0 ? (0, 1) : (fields.user - 1, fields.item - 1)
    let expected = (0..<20).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      let product = zip(e[user], e[item]).map { $0 * $1 }
      let hidden = plain.lastHidden("mlp.mlp", layers: 2, e[user] + e[item])
      return plain.linear("fc", product + hidden)
    }
    #expect(relativeError(trial.forward(), expected) < 2e-6)
  }
}
