import Graph
import Kernels
import Testing

@testable import Layers

@Suite struct RectifierTests {
  struct Alone: Network {
    let dropout: Float
    func callAsFunction(_ inputs: Inputs) -> Node { Rectifier(dropout: dropout)(inputs.dense) }
  }

  static let mode = Mode.training(
    dropout: Randomness(seed: 1, purpose: .dropout), firstExample: 0)

  static func workspace(_ values: [Float], width: Int, dropout: Float, mode: Mode) -> Workspace {
    let program = Program(tracing: Alone(dropout: dropout), schema: nil, inputWidth: width)
    let rows = values.count / width
    let workspace = Workspace(program: program, maximumRows: rows)
    workspace.inputs.copy(from: Floats(values))
    workspace.forward(
      rows: rows, uniqueRows: 0, dense: Floats(count: 0), statistics: Floats(count: 0), mode: mode)
    return workspace
  }

  @Test(arguments: [mode, .evaluation])
  func cutsOffWhatIsNegative(_ mode: Mode) {
    let values: [Float] = [-1, 0, 2, 3, -4, 5]
    let workspace = Self.workspace(values, width: 3, dropout: 0, mode: mode)
    #expect(workspace.outputs.array == [0, 0, 2, 3, 0, 5])
    workspace.outputGradient.copy(from: Floats([1, 2, 3, 4, 5, 6]))
    workspace.backward(dense: Floats(count: 0))
    #expect(workspace.inputGradient.array == [0, 0, 3, 4, 0, 6])
  }

  @Test func dropsAndScalesInTraining() {
    let values = [Float](repeating: 1, count: 100 * 100)
    let workspace = Self.workspace(values, width: 100, dropout: 0.2, mode: Self.mode)
    let outputs = workspace.outputs.array
    let kept = outputs.filter { $0 != 0 }
    #expect(abs(Double(kept.count) / 10_000 - 0.8) < 0.02)
    #expect(kept.allSatisfy { abs($0 - 1.25) < 1e-4 })
    workspace.outputGradient.fill(1)
    workspace.backward(dense: Floats(count: 0))
    #expect(workspace.inputGradient.array == outputs)
    let plain = Self.workspace(values, width: 100, dropout: 0.2, mode: .evaluation)
    #expect(plain.outputs.array == values)
  }
}
