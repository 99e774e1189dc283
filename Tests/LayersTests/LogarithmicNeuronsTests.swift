import Foundation
import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct LogarithmicNeuronsTests {
  private struct Neurons: Network {
    let width: Int
    func callAsFunction(_ inputs: Inputs) -> Node {
      LogarithmicNeurons(count: 6)(Embedding(width: width)(inputs))
    }
  }

  private func trial(width: Int, rows: Int) -> ProgramTrial {
    ProgramTrial(
      Program(tracing: Neurons(width: width), schema: FeatureSchema(fieldSizes: [3, 5, 4])),
      rows: rows)
  }

  /// 70 rows are several blocks, for short vectors and long.
  @Test(arguments: [3, 16, 20, 70])
  func equalTheDefinition(width: Int) {
    let trial = trial(width: width, rows: 70)
    // Values on both sides of 1, and tiny ones.
    for place in 0..<trial.workspace.rows.count where place % 3 > 0 {
      trial.workspace.rows[place] *= place % 3 == 1 ? 7 : 1e-4
    }
    let plain = PlainModel(trial)
    let weight = plain.values("LNN.weight")
    let expected = (0..<70).flatMap { example in
      let e = plain.vectors("embedding.embedding.weight", example: example)
      return (0..<6).flatMap { neuron in
        (0..<width).map { k in
          let sum = (0..<3).reduce(0) {
            $0 + weight[neuron * 3 + $1] * log1p(abs(e[$1][k]) + 1e-7)
          }
          return max(0, expm1(sum))
        }
      }
    }
    #expect(relativeError(trial.forward(), expected) < 2e-6)
  }

  @Test func gradientsOfSeveralBlocksEqualCentralDifferences() {
    let trial = trial(width: 16, rows: 11)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors(step: 0.004, smoothness: 5e-3) {
      #expect(error < 1e-2, "\(name)")
    }
  }

  /// The absolute value has no slope at 0; torch takes 0.
  @Test func whatIsZeroHasNoGradient() {
    let trial = trial(width: 4, rows: 5)
    trial.workspace.rows.fill(0)
    trial.backward()
    #expect(trial.workspace.outputs.array.allSatisfy { $0.isFinite })
    #expect(trial.workspace.rowGradients.array.allSatisfy { $0 == 0 })
  }

  @Test func nameAndStartValuesAreTorchfms() {
    let parameters = trial(width: 4, rows: 1).program.parameters
    #expect(parameters.map { "\($0.name) \($0.shape)" } == ["LNN.weight [6, 3]"])
    #expect(
      parameters.map(\.initialisation) == [.uniform(bound: 1 / Float(3).squareRoot())])
  }
}
