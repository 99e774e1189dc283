import Foundation
import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct AttentionPoolingTests {
  private struct Pooling: Network {
    var dropout: Float = 0
    func callAsFunction(_ inputs: Inputs) -> Node {
      AttentionPooling(hidden: 4, dropout: dropout)(Embedding(width: 3)(inputs))
    }
  }

  private func program(dropout: Float = 0) -> Program {
    Program(
      tracing: Pooling(dropout: dropout), schema: FeatureSchema(fieldSizes: [3, 5, 4, 2, 6]))
  }

  /// The products of the pairs of an example and their attention.
  private func plain(_ trial: ProgramTrial, _ example: Int) -> [(product: [Double], share: Double)]
  {
    let plain = PlainModel(trial)
    let e = plain.vectors("embedding.embedding.weight", example: example)
    var products: [[Double]] = []
    for i in e.indices {
      for j in i + 1..<e.count { products.append(zip(e[i], e[j]).map { $0 * $1 }) }
    }
    let powers = products.map { product in
      let hidden = plain.linear("afm.attention", product).map { max(0, $0) }
      return exp(plain.linear("afm.projection", hidden)[0])
    }
    return zip(products, powers).map { ($0, $1 / powers.reduce(0, +)) }
  }

  @Test func equalsTheDefinition() {
    let trial = ProgramTrial(program(), rows: 20)
    let expected = (0..<20).flatMap { example in
      let pairs = plain(trial, example)
      return (0..<3).map { k in pairs.reduce(0) { $0 + $1.share * $1.product[k] } }
    }
    #expect(relativeError(trial.forward(), expected) < 2e-6)
  }

  @Test func dropoutTakesPairsOut() {
    let randomness = Randomness(seed: 3, purpose: .dropout)
    let trial = ProgramTrial(
      program(dropout: 0.4), rows: 20,
      mode: .training(dropout: randomness, firstExample: 30))
    let mask = DropoutMask(rate: 0.4, randomness: randomness, firstExample: 30, firstBlock: 0)
    let expected = (0..<20).flatMap { example in
      let pairs = plain(trial, example)
      return (0..<3).map { k in
        pairs.enumerated().reduce(0.0) { sum, pair in
          guard mask.keeps(row: example, unit: pair.offset) else { return sum }
          return sum + Double(mask.scale) * pair.element.share * pair.element.product[k]
        }
      }
    }
    #expect(relativeError(trial.forward(), expected) < 2e-6)
  }

  @Test func whatIsTheSameForAllPairsHasNoGradient() {
    let trial = ProgramTrial(program(), rows: 20)
    trial.workspace.denseGradient.fill(.nan)
    trial.backward()
    let shift = trial.program.parameters.first { $0.name == "afm.projection.bias" }
    #expect(shift.map { trial.workspace.denseGradient[$0.offset] } == 0)
    #expect(trial.workspace.denseGradient.array.allSatisfy { $0.isFinite })
  }
}
