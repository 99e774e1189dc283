import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct BilinearFusionTests {
  private struct Fusion: Network {
    let heads: Int
    let outputs: Int
    func callAsFunction(_ inputs: Inputs) -> Node {
      let x = Linear(outputs: 6, name: "x")(inputs.dense)
      let y = Linear(outputs: 10, name: "y")(inputs.dense)
      return BilinearFusion(heads: heads, outputs: outputs, name: "w")(x, y)
    }
  }

  private func trial(heads: Int, outputs: Int) -> ProgramTrial {
    ProgramTrial(
      Program(
        tracing: Fusion(heads: heads, outputs: outputs), schema: nil, inputWidth: 5), rows: 20)
  }

  @Test(arguments: [1, 2], [1, 3])
  func equalsTheDefinition(heads: Int, outputs: Int) {
    let trial = trial(heads: heads, outputs: outputs)
    let plain = PlainModel(trial)
    let inputs = trial.workspace.inputs.array.map(Double.init)
    let weight = plain.values("w")
    let (left, right) = (6 / heads, 10 / heads)
    let expected = (0..<20).flatMap { example in
      let input = Array(inputs[example * 5..<example * 5 + 5])
      let (x, y) = (plain.linear("x", input), plain.linear("y", input))
      return (0..<outputs).map { output in
        var sum = 0.0
        for head in 0..<heads {
          for i in 0..<left {
            for j in 0..<right {
              let place = ((output * heads + head) * left + i) * right + j
              sum += x[head * left + i] * weight[place] * y[head * right + j]
            }
          }
        }
        return sum
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-5)
  }

  @Test(arguments: [1, 2], [1, 3])
  func gradientsEqualCentralDifferences(heads: Int, outputs: Int) {
    let trial = trial(heads: heads, outputs: outputs)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors() { #expect(error < 3e-3, "\(name)") }
  }

  /// Both sides may be one value, whose gradient is then that of both.
  @Test func oneValueOnBothSides() {
    struct Square: Network {
      func callAsFunction(_ inputs: Inputs) -> Node {
        let x = Linear(outputs: 6, name: "x")(inputs.dense)
        return BilinearFusion(heads: 2, outputs: 2, name: "w")(x, x)
      }
    }
    let program = Program(tracing: Square(), schema: nil, inputWidth: 5)
    for (name, error) in ProgramTrial(program, rows: 9).gradientErrors() {
      #expect(error < 3e-3, "\(name)")
    }
  }

  @Test func headsMustDivideBothValues() async {
    await #expect(processExitsWith: .failure) {
      _ = Program(tracing: Fusion(heads: 3, outputs: 1), schema: nil, inputWidth: 5)
    }
  }
}
