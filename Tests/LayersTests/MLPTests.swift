import Graph
import Kernels
import Layers
import Testing

@Suite struct MLPTests {
  private struct Network: Graph.Network {
    func callAsFunction(_ inputs: Inputs) -> Node {
      MLP(hidden: [8, 6], outputs: 3, dropout: 0.2)(inputs.dense)
    }
  }

  @Test func namesAndShapesAreTorchfms() {
    let program = Program(tracing: Network(), schema: nil, inputWidth: 5)
    #expect(
      program.parameters.map { "\($0.name) \($0.shape)" } == [
        "mlp.mlp.0.weight [8, 5]", "mlp.mlp.0.bias [8]",
        "mlp.mlp.1.weight [8]", "mlp.mlp.1.bias [8]",
        "mlp.mlp.4.weight [6, 8]", "mlp.mlp.4.bias [6]",
        "mlp.mlp.5.weight [6]", "mlp.mlp.5.bias [6]",
        "mlp.mlp.8.weight [3, 6]", "mlp.mlp.8.bias [3]",
      ])
    #expect(
      program.statistics.map(\.name) == [
        "mlp.mlp.1.running_mean", "mlp.mlp.1.running_var", "mlp.mlp.5.running_mean",
        "mlp.mlp.5.running_var",
      ])
  }

  @Test func theLastHiddenLayerIsWithoutTheOutputs() {
    struct Hidden: Graph.Network {
      let widths: [Int]
      func callAsFunction(_ inputs: Inputs) -> Node {
        let doubled = inputs.dense + inputs.dense
        return MLP(hidden: widths, outputs: 3, dropout: 0.2).lastHidden(doubled)
      }
    }
    let program = Program(tracing: Hidden(widths: [8, 6]), schema: nil, inputWidth: 5)
    #expect(program.outputWidth == 6)
    #expect(program.parameters.last?.name == "mlp.mlp.5.bias")
    let empty = Program(tracing: Hidden(widths: []), schema: nil, inputWidth: 5)
    #expect(empty.outputWidth == 5)
    #expect(empty.parameters.isEmpty)
  }

  @Test func linearLayersStartAsTorchs() {
    let program = Program(tracing: Network(), schema: nil, inputWidth: 4)
    for parameter in program.parameters where parameter.name.hasPrefix("mlp.mlp.0") {
      #expect(parameter.initialisation == .uniform(bound: 0.5))
    }
  }
}
