import Glibc
import Graph
import Kernels
import Testing

@testable import Search

@Suite struct ControllerTests {
  @Test func namesAndShapes() {
    var options = SearchOptions()
    options.hidden = [8, 6]
    let program = Program(
      tracing: Controller(outputCount: 3, options: options), schema: nil,
      inputWidth: Controller.inputWidth(classes: 2))
    let shapes = program.parameters.map { "\($0.name) \($0.shape)" }
    #expect(
      shapes == [
        "fc1.weight [8, 2]", "fc1.bias [8]", "bn1.weight [8]", "bn1.bias [8]",
        "fc2.weight [6, 8]", "fc2.bias [6]", "bn2.weight [6]", "bn2.bias [6]",
        "out.weight [3, 6]", "out.bias [3]",
      ])
    #expect(program.outputWidth == 3)
  }

  @Test func withoutBatchNorm() {
    var options = SearchOptions()
    options.hidden = [8]
    options.batchNorm = false
    let program = Program(
      tracing: Controller(outputCount: 3, options: options), schema: nil,
      inputWidth: Controller.inputWidth(classes: 2))
    #expect(program.parameters.map(\.name) == ["fc1.weight", "fc1.bias", "out.weight", "out.bias"])
    #expect(program.statisticsCount == 0)
  }

  /// Frozen it answers as a trained network does, and its answers are those at the temperature's
  /// end from the first step on: no draw, no dropout and no schedule has a part in them.
  @Test(arguments: ["autoloss", "slf"], [0.2, 0.001])
  func aFrozenOneChoosesWithoutNoise(_ name: String, _ floor: Double) throws {
    let strategy = try Strategy(name) {
      ($0.frozen, $0.batchNorm, $0.dropout) = (true, true, 0.5)
      $0.temperature = TemperatureSchedule(start: 1, slope: 0.01, floor: floor)
    }
    let rows = StrategyWorkspaceTests.rows
    let state = try #require(StrategyWorkspaceTests.state(strategy))
    let workspace = StrategyWorkspace(strategy: strategy, maximumRows: rows)
    func weights(seed: UInt64, step: Int) -> [Float] {
      var slice = StrategyWorkspaceTests.slice(StrategyWorkspaceTests.logits)
      (slice.seed, slice.step) = (seed, step)
      workspace.weigh(slice, controller: state, into: Floats(count: rows))
      return workspace.weights.array
    }
    let found = weights(seed: 1, step: 0)
    #expect(found == weights(seed: 2, step: 50))
    let inputs = try #require(workspace.controller).inputs
    let outputs = try evaluated(strategy, state, inputs, rows)
    let count = strategy.candidates.count
    for row in 0..<rows {
      let scores = (0..<count).map { candidate -> Double in
        guard name == "slf" else { return outputs[row * count + candidate] / floor }
        let gate = outputs[2 * row * count + candidate] / floor
        return min(gate, 0) - log1p(exp(-abs(gate))) + outputs[(2 * row + 1) * count + candidate]
      }
      let highest = scores.max() ?? 0
      let sum = scores.reduce(0) { $0 + exp($1 - highest) }
      for candidate in 0..<count {
        let share = Double(found[candidate * workspace.candidates.columnLength + row])
        #expect(abs(share - exp(scores[candidate] - highest) / sum) < 2e-3)
      }
    }
    // One candidate has it all where the temperature ends near 0.
    if name == "autoloss", floor < 0.01 { #expect(found.count { $0 > 0.999 } > 9 * rows / 10) }
  }

  /// The controller's outputs in evaluation mode.
  private func evaluated(
    _ strategy: Strategy, _ state: ControllerState, _ inputs: Floats, _ rows: Int
  ) throws -> [Double] {
    let workspace = Workspace(program: try #require(strategy.controller), maximumRows: rows)
    workspace.inputs.copy(from: inputs)
    workspace.forward(
      rows: rows, uniqueRows: 0, dense: state.dense, statistics: state.statistics,
      mode: .evaluation)
    return workspace.outputs.array.map(Double.init)
  }
}
