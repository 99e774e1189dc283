import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct BatchNormTests {
  private struct Norm: Network {
    var layer = BatchNorm(name: "n", rectifies: true, dropout: 0.25)
    func callAsFunction(_ inputs: Inputs) -> Node { layer(inputs.dense) }
  }

  private func program(_ width: Int) -> Program {
    Program(tracing: Norm(), schema: nil, inputWidth: width)
  }

  private func training(step: UInt64, firstExample: Int = 0) -> Mode {
    .training(
      dropout: Randomness(seed: 1, purpose: .dropout, step: step), firstExample: firstExample)
  }

  @Test func namesAndStartValuesAreTorchs() {
    let program = program(2)
    #expect(program.parameters.map(\.name) == ["n.weight", "n.bias"])
    #expect(program.statistics.map(\.name) == ["n.running_mean", "n.running_var"])
    #expect(program.startStatistics().array == [0, 0, 1, 1])
    #expect(
      program.startDense(Randomness(seed: 1, purpose: .weights)).array == [1, 1, 0, 0])
  }

  @Test func aSliceOfOneRowHasNoVariance() {
    let trial = ProgramTrial(program(5), rows: 1, mode: training(step: 1))
    trial.backward()
    let statistics = trial.workspace.batchStatistics.array
    #expect(Array(statistics[..<5]) == Array(trial.workspace.inputs.array[..<5]))
    #expect(statistics[5...].allSatisfy { $0 == 0 })
    #expect(trial.workspace.outputs.array.allSatisfy { $0.isFinite })
    #expect(trial.workspace.inputGradient.array.allSatisfy { abs($0) < 1e-3 })
  }

  @Test func anEmptySliceKeepsTheCurrentStatistics() {
    let trial = ProgramTrial(program(5), rows: 0, mode: training(step: 1))
    trial.backward()
    #expect(trial.workspace.batchStatistics.array == trial.statistics.array)
    #expect(trial.workspace.denseGradient.array.allSatisfy { $0 == 0 })
  }

  @Test func dropoutIsAFunctionOfStepAndExample() {
    let trial = ProgramTrial(program(90), rows: 20, mode: training(step: 1))
    let first = trial.forward()
    #expect(trial.forward() == first)
    trial.mode = training(step: 2)
    #expect(trial.forward() != first)
    trial.mode = training(step: 1, firstExample: 20)
    #expect(trial.forward() != first)
  }

  @Test func twoLayersDropDifferentUnits() {
    struct Pair: Network {
      func callAsFunction(_ inputs: Inputs) -> Node {
        let a = BatchNorm(name: "a", rectifies: true, dropout: 0.5)
        let b = BatchNorm(name: "b", rectifies: true, dropout: 0.5)
        return concatenate(a(inputs.dense), b(inputs.dense))
      }
    }
    let program = Program(tracing: Pair(), schema: nil, inputWidth: 64)
    let trial = ProgramTrial(program, rows: 30, mode: training(step: 1))
    // Equal parameters, so that only the masks differ.
    for parameter in program.parameters {
      trial.dense.slice(parameter.offset, 64).fill(parameter.name.hasSuffix("weight") ? 1 : 3)
    }
    let output = trial.forward()
    let places = (0..<30 * 64).map { $0 / 64 * 128 + $0 % 64 }
    let agreeing = places.count { (output[$0] == 0) == (output[$0 + 64] == 0) }
    let agreement = Double(agreeing) / Double(places.count)
    #expect(abs(agreement - 0.5) < 0.06)
  }
}
