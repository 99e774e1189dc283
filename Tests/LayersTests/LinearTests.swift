import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct LinearTests {
  private struct Layer: Network {
    func callAsFunction(_ inputs: Inputs) -> Node { Linear(outputs: 3, name: "l")(inputs.dense) }
  }

  @Test func equalsTheDefinition() {
    let program = Program(tracing: Layer(), schema: nil, inputWidth: 5)
    let trial = ProgramTrial(program, rows: 7)
    let inputs = trial.workspace.inputs.array.map(Double.init)
    let expected = (0..<7).flatMap { example in
      PlainModel(trial).linear("l", Array(inputs[example * 5..<example * 5 + 5]))
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  /// Three fields are computed as whole slices, nine in tiles; in a concatenation rows have gaps.
  @Test(arguments: [3, 9], [false, true])
  func eachFieldHasTheSameLayer(fields: Int, hasGaps: Bool) {
    struct ByField: Network {
      let hasGaps: Bool
      func callAsFunction(_ inputs: Inputs) -> Node {
        let embedded = Embedding(width: 2)(inputs)
        let result = Linear(outputs: 3, name: "l").eachField(of: embedded)
        return hasGaps ? concatenate(embedded, result) : result
      }
    }
    let program = Program(
      tracing: ByField(hasGaps: hasGaps),
      schema: FeatureSchema(fieldSizes: Array(repeating: 4, count: fields)))
    #expect(program.parameters.map(\.shape) == [[3, 2], [3]])
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let expected = (0..<20).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      return (hasGaps ? e.flatMap { $0 } : []) + e.flatMap { plain.linear("l", $0) }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  @Test func withoutABiasThereIsOnlyTheProduct() {
    struct Product: Network {
      func callAsFunction(_ inputs: Inputs) -> Node {
        Linear(outputs: 3, name: "l", hasBias: false)(inputs.dense)
      }
    }
    let trial = ProgramTrial(Program(tracing: Product(), schema: nil, inputWidth: 2), rows: 4)
    let weight = PlainModel(trial).values("l.weight")
    let inputs = trial.workspace.inputs.array.map(Double.init)
    var expected: [Double] = []
    for row in 0..<4 {
      for output in 0..<3 {
        let products = (0..<2).map { inputs[2 * row + $0] * weight[2 * output + $0] }
        expected.append(products[0] + products[1])
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
    #expect(trial.program.parameters.map(\.name) == ["l.weight"])
    for (name, error) in trial.gradientErrors() { #expect(error < 2e-3, "\(name)") }
  }

  @Test func aValueWithThreeReadersCollectsTheirGradients() {
    // The concatenation writes the gradient first; both layers add to it.
    struct Twice: Network {
      func callAsFunction(_ inputs: Inputs) -> Node {
        let hidden = Linear(outputs: 4, name: "h")(inputs.dense)
        return concatenate(
          Linear(outputs: 2, name: "a")(hidden), hidden, Linear(outputs: 2, name: "b")(hidden))
      }
    }
    let program = Program(tracing: Twice(), schema: nil, inputWidth: 3)
    for (name, error) in ProgramTrial(program, rows: 9).gradientErrors() {
      #expect(error < 2e-3, "\(name)")
    }
  }
}
