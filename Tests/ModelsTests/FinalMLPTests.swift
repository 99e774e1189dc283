import Foundation
import Graph
import Kernels
import Models
import TestSupport
import Testing

/// There is no reference file for this model: the definition is the paper's, equations 5 to 10.
@Suite struct FinalMLPTests {
  private func trial(outputs: Int, hasContexts: Bool) -> ProgramTrial {
    var options = DeepFMTests.options(outputs: outputs)
    options.hidden = [7, 6]
    options.particular.gateWidth = 4
    if hasContexts { (options.particular.userField, options.particular.itemField) = (3, 1) }
    return ProgramTrial(
      Program(tracing: FinalMLP(options), schema: FeatureSchema(fieldSizes: [4, 3, 6])), rows: 20)
  }

  @Test(arguments: [1, 5], [false, true])
  func logitsEqualTheFormula(outputs: Int, hasContexts: Bool) {
    let trial = trial(outputs: outputs, hasContexts: hasContexts)
    let plain = PlainModel(trial)
    let weight = plain.values("fusion_module.w_xy")
    var expected: [Double] = []
    for example in 0..<20 {
      let e = plain.vectors("embedding.embedding.weight", example: example)
      let streams = [1, 2].map { number in
        let context =
          hasContexts
          ? e[number == 1 ? 2 : 0] : plain.values("fs_module.fs\(number)_ctx_bias")
        let gate = "fs_module.fs\(number)_gate"
        let inner = plain.linear("\(gate).0", context).map { max(0, $0) }
        let gated = zip(e.flatMap { $0 }, plain.linear("\(gate).2", inner)).map {
          $0 * 2 / (1 + exp(-$1))
        }
        return plain.lastHidden("mlp\(number)", layers: 2, gated)
      }
      let linear = zip(
        plain.linear("fusion_module.w_x", streams[0]),
        plain.linear("fusion_module.w_y", streams[1])
      ).map { $0 + $1 }
      for output in 0..<outputs {
        var sum = linear[output]
        // Two heads of three numbers each.
        for head in 0..<2 {
          for i in 0..<3 {
            for j in 0..<3 {
              sum +=
                streams[0][head * 3 + i] * weight[((output * 2 + head) * 3 + i) * 3 + j]
                * streams[1][head * 3 + j]
            }
          }
        }
        expected.append(sum)
      }
    }
    #expect(relativeError(trial.forward(), expected) < 5e-6)
  }

  @Test func aContextOfAFieldNeedsNoVector() {
    let names = trial(outputs: 1, hasContexts: true).program.parameters.map(\.name)
    #expect(!names.contains { $0.hasSuffix("ctx_bias") })
    let learned = trial(outputs: 1, hasContexts: false).program.parameters
    #expect(learned.filter { $0.name.hasSuffix("ctx_bias") }.map(\.shape) == [[5], [5]])
  }
}
