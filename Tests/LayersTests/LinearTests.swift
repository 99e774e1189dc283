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
