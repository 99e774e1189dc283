import Graph
import Kernels
import Layers
import TestSupport
import Testing

@Suite struct CompressedInteractionNetworkTests {
  private struct Compression: Network {
    let widths: [Int]
    let splits: Bool
    let embeddingWidth: Int
    func callAsFunction(_ inputs: Inputs) -> Node {
      CompressedInteractionNetwork(widths: widths, splitsHalf: splits, outputs: 2)(
        Embedding(width: embeddingWidth)(inputs))
    }
  }

  private func program(_ widths: [Int], splits: Bool, embeddingWidth: Int = 3) -> Program {
    Program(
      tracing: Compression(widths: widths, splits: splits, embeddingWidth: embeddingWidth),
      schema: FeatureSchema(fieldSizes: [3, 5, 4, 2]))
  }

  /// The definition, one number at a time.
  private func plain(
    _ plain: PlainModel, _ example: Int, _ widths: [Int], splits: Bool
  ) -> [Double] {
    let e = plain.vectors("embedding.embedding.weight", example: example)
    var before = e
    var sums: [Double] = []
    for (layer, width) in widths.enumerated() {
      let weight = plain.values("cin.conv_layers.\(layer).weight")
      let bias = plain.values("cin.conv_layers.\(layer).bias")
      let pairs = e.count * before.count
      let vectors = (0..<width).map { c in
        e[0].indices.map { k in
          var sum = bias[c]
          for i in e.indices {
            for j in before.indices {
              sum += weight[c * pairs + i * before.count + j] * e[i][k] * before[j][k]
            }
          }
          return max(0, sum)
        }
      }
      let splitsHere = splits && layer < widths.count - 1
      let summed = splitsHere ? Array(vectors[..<(width / 2)]) : vectors
      before = splitsHere ? Array(vectors[(width / 2)...]) : vectors
      sums += summed.map { $0.reduce(0, +) }
    }
    return plain.linear("cin.fc", sums)
  }

  /// 70 rows are several blocks and a shorter one, for short vectors and long.
  @Test(arguments: [([5, 4, 3], false), ([6, 4, 3], true), ([2], true)], [3, 16, 20, 70])
  func equalsTheDefinition(form: (widths: [Int], splits: Bool), embeddingWidth: Int) {
    let program = program(form.widths, splits: form.splits, embeddingWidth: embeddingWidth)
    let trial = ProgramTrial(program, rows: 70)
    let model = PlainModel(trial)
    let expected = (0..<70).flatMap { plain(model, $0, form.widths, splits: form.splits) }
    #expect(relativeError(trial.forward(), expected) < 1e-5)
  }

  /// Gradients of several blocks are added up, also where nothing was before.
  @Test(arguments: [false, true])
  func gradientsOfSeveralBlocksEqualCentralDifferences(splits: Bool) {
    let trial = ProgramTrial(program([4, 3], splits: splits, embeddingWidth: 16), rows: 11)
    trial.workspace.denseGradient.fill(.nan)
    for (name, error) in trial.gradientErrors(step: 0.004, smoothness: 5e-3) {
      #expect(error < 1e-2, "\(name)")
    }
  }

  @Test func namesAndShapesAreTorchfms() {
    let parameters = program([6, 3], splits: true).parameters
    #expect(
      parameters.map { "\($0.name) \($0.shape)" } == [
        "cin.conv_layers.0.weight [6, 16, 1]", "cin.conv_layers.0.bias [6]",
        "cin.conv_layers.1.weight [3, 12, 1]", "cin.conv_layers.1.bias [3]",
        "cin.fc.weight [2, 6]", "cin.fc.bias [2]",
      ])
    #expect(parameters[0].initialisation == .uniform(bound: 0.25))
  }

  @Test func anOddLayerCannotBeSplit() async {
    await #expect(processExitsWith: .failure) {
      _ = CompressedInteractionNetwork(widths: [5, 4], splitsHalf: true, outputs: 1)
    }
  }
}
