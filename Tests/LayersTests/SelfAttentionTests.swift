import Foundation
import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct SelfAttentionTests {
  private struct Attention: Network {
    let heads: Int
    let width: Int
    func callAsFunction(_ inputs: Inputs) -> Node {
      SelfAttention(heads: heads, name: "a")(Embedding(width: width)(inputs))
    }
  }

  private func program(heads: Int, width: Int, fields: Int) -> Program {
    Program(
      tracing: Attention(heads: heads, width: width),
      schema: FeatureSchema(fieldSizes: Array(repeating: 4, count: fields)))
  }

  /// W x + b of rows `first` … of a matrix with as many columns as x.
  private func turned(
    _ x: [Double], _ weight: [Double], _ bias: [Double], _ first: Int, _ rows: Int
  ) -> [Double] {
    (first..<first + rows).map { row in
      x.indices.reduce(bias[row]) { $0 + weight[row * x.count + $1] * x[$1] }
    }
  }

  /// The definition, one head and one field at a time.
  private func plain(_ model: PlainModel, _ example: Int, heads: Int) -> [Double] {
    let e = model.vectors("embedding.embedding.weight", example: example)
    let (width, size) = (e[0].count, e[0].count / heads)
    let (weight, bias) = (model.values("a.in_proj_weight"), model.values("a.in_proj_bias"))
    var joined = e.map { _ in [Double]() }
    for head in 0..<heads {
      let parts = (0..<3).map { part in
        e.map { turned($0, weight, bias, part * width + head * size, size) }
      }
      for (i, query) in parts[0].enumerated() {
        let powers = parts[1].map { key in
          exp(zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } / Double(size).squareRoot())
        }
        let total = powers.reduce(0, +)
        joined[i] += (0..<size).map { k in
          zip(powers, parts[2]).reduce(0) { $0 + $1.0 / total * $1.1[k] }
        }
      }
    }
    return joined.flatMap {
      turned($0, model.values("a.out_proj.weight"), model.values("a.out_proj.bias"), 0, width)
    }
  }

  /// Three fields are computed as whole slices, nine in tiles.
  @Test(arguments: [(1, 4), (2, 6), (3, 3), (2, 32)], [1, 3, 9])
  func equalsTheDefinition(shape: (heads: Int, width: Int), fields: Int) {
    let trial = ProgramTrial(
      program(heads: shape.heads, width: shape.width, fields: fields), rows: 20)
    let model = PlainModel(trial)
    let expected = (0..<20).flatMap { plain(model, $0, heads: shape.heads) }
    #expect(relativeError(trial.forward(), expected) < 1e-5)
  }

  @Test(arguments: [3, 9])
  func gradientsOfSeveralTilesEqualCentralDifferences(fields: Int) {
    let trial = ProgramTrial(program(heads: 2, width: 4, fields: fields), rows: 35)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors() { #expect(error < 3e-3, "\(name)") }
  }

  @Test func namesShapesAndStartValuesAreTorchs() {
    let parameters = program(heads: 2, width: 6, fields: 3).parameters
    #expect(
      parameters.map { "\($0.name) \($0.shape)" } == [
        "a.in_proj_weight [18, 6]", "a.in_proj_bias [18]", "a.out_proj.weight [6, 6]",
        "a.out_proj.bias [6]",
      ])
    #expect(
      parameters.map(\.initialisation) == [
        .uniform(bound: 0.5), .zeros, .uniform(bound: 1 / Float(6).squareRoot()), .zeros,
      ])
  }

  @Test func headsMustDivideTheVectors() async {
    await #expect(processExitsWith: .failure) {
      struct Uneven: Network {
        func callAsFunction(_ inputs: Inputs) -> Node {
          SelfAttention(heads: 2, name: "a")(Embedding(width: 5)(inputs))
        }
      }
      _ = Program(tracing: Uneven(), schema: FeatureSchema(fieldSizes: [2, 3]))
    }
  }
}
