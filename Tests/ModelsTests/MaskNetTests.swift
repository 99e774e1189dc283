import Graph
import Kernels
import Models
import TestSupport
import Testing

/// There is no reference file for this model: the definition is the paper's, equations 5 to 11.
@Suite struct MaskNetTests {
  private func normal(_ x: [Double]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
  }

  private func scaled(_ plain: PlainModel, _ name: String, _ x: [Double]) -> [Double] {
    let (gamma, beta) = (plain.values("\(name).weight"), plain.values("\(name).bias"))
    return x.indices.map { gamma[$0] * x[$0] + beta[$0] }
  }

  @Test(arguments: [1, 5])
  func logitsEqualTheFormula(outputs: Int) {
    var options = DeepFMTests.options(outputs: outputs)
    (options.particular.maskBlocks, options.particular.blockWidth) = (2, 6)
    options.particular.maskRatio = 0.5
    let program = Program(
      tracing: MaskNet(options), schema: FeatureSchema(fieldSizes: [4, 3, 6]))
    let trial = ProgramTrial(program, rows: 20)
    let plain = PlainModel(trial)
    let expected = (0..<20).flatMap { example in
      let vectors = plain.vectors("embedding.embedding.weight", example: example)
      let e = vectors.flatMap { $0 }
      let normalised = scaled(plain, "emb_norm", vectors.flatMap { normal($0) })
      let blocks = (0..<2).flatMap { number -> [Double] in
        let name = "mask_blocks.\(number)"
        let inner = plain.linear("\(name).mask_layer.0", e).map { max(0, $0) }
        let mask = plain.linear("\(name).mask_layer.2", inner)
        let masked = zip(mask, normalised).map { $0 * $1 }
        let weight = plain.values("\(name).hidden_layer.0.weight")
        let sums = (0..<6).map { row in
          masked.indices.reduce(0) { $0 + weight[row * masked.count + $1] * masked[$1] }
        }
        return scaled(plain, "\(name).hidden_layer.1", normal(sums)).map { max(0, $0) }
      }
      return plain.perceptron("mlp.mlp", layers: 2, blocks)
    }
    #expect(relativeError(trial.forward(), expected) < 2e-5)
    #expect(program.parameters.first { $0.name == "mask_blocks.1.mask_layer.0.bias" }?.count == 7)
  }
}
