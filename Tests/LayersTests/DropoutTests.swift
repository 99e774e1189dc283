import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct DropoutTests {
  private struct Alone: Network {
    let rate: Float
    func callAsFunction(_ inputs: Inputs) -> Node {
      // The sum keeps a network of no operation at all from being empty.
      Dropout(rate)(inputs.dense) + inputs.dense
    }
  }

  private func trial(rate: Float, mode: Mode) -> ProgramTrial {
    let program = Program(tracing: Alone(rate: rate), schema: nil, inputWidth: 80)
    return ProgramTrial(program, rows: 50, mode: mode)
  }

  private let training = Mode.training(
    dropout: Randomness(seed: 1, purpose: .dropout), firstExample: 7)

  @Test func evaluationPassesEverythingOn() {
    let trial = trial(rate: 0.4, mode: .evaluation)
    let inputs = trial.workspace.inputs.slice(0, 50 * 80).array
    #expect(trial.forward() == inputs.map { $0 + $0 })
  }

  @Test func trainingDropsByTheMaskOfTheExample() {
    let trial = trial(rate: 0.4, mode: training)
    let mask = DropoutMask(
      rate: 0.4, randomness: Randomness(seed: 1, purpose: .dropout), firstExample: 7,
      firstBlock: 0)
    let expected = trial.workspace.inputs.slice(0, 50 * 80).array.enumerated().map { place, x in
      (mask.keeps(row: place / 80, unit: place % 80) ? x * mask.scale : 0) + x
    }
    #expect(trial.forward() == expected)
  }

  @Test func aRateOfZeroIsNoOperation() {
    let program = trial(rate: 0, mode: training).program
    #expect(program.operations.map(\.name) == ["Sum"])
  }
}
