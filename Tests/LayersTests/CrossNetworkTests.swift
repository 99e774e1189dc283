import Graph
import Kernels
import Layers
import TestSupport
import Testing

/// Both cross networks against their definitions.
@Suite struct CrossNetworkTests {
  private struct Cross: Network {
    let hasMatrices: Bool
    func callAsFunction(_ inputs: Inputs) -> Node {
      hasMatrices
        ? MatrixCrossNetwork(layers: 3)(inputs.dense) : CrossNetwork(layers: 3)(inputs.dense)
    }
  }

  private func trial(_ hasMatrices: Bool, width: Int, rows: Int) -> ProgramTrial {
    ProgramTrial(
      Program(tracing: Cross(hasMatrices: hasMatrices), schema: nil, inputWidth: width),
      rows: rows)
  }

  /// What each layer makes of x and layer number.
  private func expected(
    _ trial: ProgramTrial, width: Int, _ layer: (_ number: Int, _ x: [Double]) -> [Double]
  ) -> [Double] {
    let inputs = trial.workspace.inputs.array.map(Double.init)
    return (0..<trial.rows).flatMap { example in
      let start = Array(inputs[example * width..<(example + 1) * width])
      return (0..<3).reduce(start) { x, number in
        zip(zip(layer(number, x), start), x).map { $0.0 * $0.1 + $1 }
      }
    }
  }

  /// 40 rows are three tiles; widths with and without full vectors.
  @Test(arguments: [1, 5, 16, 37])
  func vectorsMultiplyTheStart(width: Int) {
    let trial = trial(false, width: width, rows: 40)
    let plain = PlainModel(trial)
    let inputs = trial.workspace.inputs.array.map(Double.init)
    let expected = (0..<40).flatMap { example in
      let start = Array(inputs[example * width..<(example + 1) * width])
      return (0..<3).reduce(start) { x, number in
        let product = zip(plain.values("cn.w.\(number).weight"), x).reduce(0) { $0 + $1.0 * $1.1 }
        let shift = plain.values("cn.b.\(number)")
        return x.indices.map { start[$0] * product + shift[$0] + x[$0] }
      }
    }
    #expect(relativeError(trial.forward(), expected) < 1e-5)
  }

  @Test(arguments: [1, 5, 16])
  func matricesMultiplyTheStart(width: Int) {
    let trial = trial(true, width: width, rows: 20)
    let plain = PlainModel(trial)
    let expected = expected(trial, width: width) { plain.linear("cross.\($0)", $1) }
    #expect(relativeError(trial.forward(), expected) < 1e-5)
  }

  @Test func namesAreTorchfmsAndShiftsStartAtZero() {
    let parameters = trial(false, width: 4, rows: 1).program.parameters
    #expect(
      parameters.map(\.name) == [
        "cn.w.0.weight", "cn.b.0", "cn.w.1.weight", "cn.b.1", "cn.w.2.weight", "cn.b.2",
      ])
    #expect(parameters.map(\.shape) == [[1, 4], [4], [1, 4], [4], [1, 4], [4]])
    #expect(
      parameters.map(\.initialisation)
        == (0..<6).map { $0.isMultiple(of: 2) ? .uniform(bound: 0.5) : .zeros })
  }

  @Test func aNetworkWithoutLayersTraps() async {
    await #expect(processExitsWith: .failure) { _ = CrossNetwork(layers: 0) }
  }
}
