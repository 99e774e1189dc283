import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct FirstOrderTests {
  private struct Term: Network {
    let layer: FirstOrder
    func callAsFunction(_ inputs: Inputs) -> Node { layer(inputs) }
  }

  @Test(arguments: [1, 5])
  func addsTheWeightsOfAllFieldsAndABias(outputs: Int) {
    let program = Program(
      tracing: Term(layer: FirstOrder(outputs: outputs)),
      schema: FeatureSchema(fieldSizes: [5, 4, 3]))
    let trial = ProgramTrial(program, rows: 40)
    var expected: [Double] = []
    for row in 0..<40 {
      for k in 0..<outputs {
        let weights = (0..<3).map { field in
          let source = Int(trial.workspace.rowIndex[row * 3 + field])
          return Double(trial.workspace.rows[source * outputs + k])
        }
        expected.append(weights.reduce(Double(trial.dense[k]), +))
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-6)
  }

  @Test(arguments: [Initialisation.zeros, .normal(standardDeviation: 1)])
  func weightsStartAsAskedAndTheBiasAtZero(initialisation: Initialisation) {
    let program = Program(
      tracing: Term(layer: FirstOrder(initialisation: initialisation)),
      schema: FeatureSchema(fieldSizes: [5]))
    #expect(program.rowParts.map(\.initialisation) == [initialisation])
    #expect(program.parameters.map(\.name) == ["linear.bias"])
    #expect(program.parameters.map(\.initialisation) == [.zeros])
  }
}
