import Graph
import Kernels
import Layers
import TestSupport
import Testing

/// Every layer's backward against central differences of its forward.
@Suite struct LayerGradientTests {
  struct Layer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Whether a ReLU makes smaller steps, and so more rounding noise, necessary.
    var hasKinks = false
    var inputWidth = 0
    let network: Formula
  }

  struct Formula: Network {
    let formula: @Sendable (Inputs) -> Node
    func callAsFunction(_ inputs: Inputs) -> Node { formula(inputs) }
  }

  static let layers = [
    Layer(testDescription: "embedding", network: Formula { Embedding(width: 3)($0) }),
    Layer(testDescription: "first order", network: Formula { FirstOrder(outputs: 2)($0) }),
    Layer(
      testDescription: "factorization machine",
      network: Formula { FactorizationMachine()(Embedding(width: 5)($0)) }),
    Layer(
      testDescription: "inner products",
      network: Formula { InnerProducts()(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "scalar weights", inputWidth: 1,
      network: Formula { ScalarWeights(outputs: 4, name: "w")($0.dense) }),
    Layer(
      testDescription: "linear", inputWidth: 5,
      network: Formula { Linear(outputs: 3, name: "l")($0.dense) }),
    Layer(
      testDescription: "two linear layers on one value", inputWidth: 5,
      network: Formula { inputs in
        Linear(outputs: 3, name: "a")(inputs.dense) + Linear(outputs: 3, name: "b")(inputs.dense)
      }),
    Layer(
      testDescription: "batch norm", inputWidth: 4,
      network: Formula { BatchNorm(name: "n")($0.dense) }),
    Layer(
      testDescription: "batch norm and ReLU", hasKinks: true, inputWidth: 4,
      network: Formula { BatchNorm(name: "n", rectifies: true)($0.dense) }),
    Layer(
      testDescription: "batch norm, ReLU and dropout", hasKinks: true,
      inputWidth: 70,
      network: Formula { BatchNorm(name: "n", rectifies: true, dropout: 0.4)($0.dense) }),
    Layer(
      testDescription: "perceptron", hasKinks: true, inputWidth: 6,
      network: Formula { MLP(hidden: [7, 5], outputs: 2, dropout: 0.2)($0.dense) }),
    Layer(
      testDescription: "bi-interaction",
      network: Formula { BiInteraction()(Embedding(width: 5)($0)) }),
    Layer(
      testDescription: "orders two to four",
      network: Formula { HigherOrder(order: 4)(Embedding(width: 15)($0)) }),
    Layer(
      testDescription: "field-aware products",
      network: Formula { FieldAwareProducts(width: 3)($0) }),
    Layer(
      testDescription: "field-aware sum",
      network: Formula { FieldAwareProducts(width: 6).sum($0) }),
    Layer(
      testDescription: "outer products by matrices",
      network: Formula { OuterProducts(kernel: .mat)(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "outer products by vectors",
      network: Formula { OuterProducts(kernel: .vec)(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "outer products by numbers",
      network: Formula { OuterProducts(kernel: .num)(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "attention", hasKinks: true,
      network: Formula { AttentionPooling(hidden: 5, dropout: 0)(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "attention with dropout", hasKinks: true,
      network: Formula { AttentionPooling(hidden: 5, dropout: 0.3)(Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "dropout", inputWidth: 70, network: Formula { Dropout(0.3)($0.dense) }),
    Layer(
      testDescription: "interactions that add to one gradient", hasKinks: true,
      network: Formula { inputs in
        let e = Embedding(width: 4)(inputs)
        let pooled = BiInteraction()(e) + AttentionPooling(hidden: 3, dropout: 0)(e)
        let products = OuterProducts(kernel: .mat, name: "m")(e)
        let others = OuterProducts(kernel: .vec, name: "v")(e)
        let scaled = OuterProducts(kernel: .num, name: "n")(e)
        let dropped = Dropout(0.2)(e)
        return concatenate(
          HigherOrder(order: 3)(e), pooled, products, others + scaled, dropped, e)
      }),
    Layer(
      testDescription: "linear layer of each field",
      network: Formula { Linear(outputs: 5, name: "l").eachField(of: Embedding(width: 3)($0)) }),
    Layer(
      testDescription: "linear layer of fields in rows with gaps, without bias",
      network: Formula { inputs in
        let e = Embedding(width: 3)(inputs)
        return concatenate(e, Linear(outputs: 2, name: "l", hasBias: false).eachField(of: e))
      }),
    Layer(
      testDescription: "context gate", hasKinks: true,
      network: Formula { inputs in
        let e = Embedding(width: 3)(inputs)
        let gated = ContextGate(hidden: 4, name: "g")(
          e, context: LearnedVector(width: 5, name: "v")(inputs.trace))
        return gated + ContextGate(hidden: 4, name: "h")(e, context: FieldSelection([2])(e))
      }),
    Layer(
      testDescription: "mask block", hasKinks: true,
      network: Formula { inputs in
        let e = Embedding(width: 3)(inputs)
        return MaskBlock(ratio: 1, outputs: 6, name: "m")(
          LayerNorm(name: "n").eachField(of: e), embedded: e)
      }),
    Layer(
      testDescription: "layers that add to one gradient", hasKinks: true,
      network: Formula { inputs in
        let e = Embedding(width: 4)(inputs)
        let crossed = CrossNetwork(layers: 2)(e) + MatrixCrossNetwork(layers: 2)(e)
        let attended = SelfAttention(heads: 2, name: "a")(e) + LayerNorm(name: "n")(e)
        let compressed = CompressedInteractionNetwork(
          widths: [4, 3], splitsHalf: true, outputs: 2)(e)
        let fused = BilinearFusion(heads: 2, outputs: 2, name: "f")(e, FieldSelection([1, 3])(e))
        let powers = LogarithmicNeurons(count: 3)(e)
        return concatenate(
          crossed, attended * Activation(.sigmoid(scale: 2))(e), compressed + fused, powers, e)
      }),
    Layer(
      testDescription: "all on one embedding", hasKinks: true,
      network: Formula { inputs in
        let e = Embedding(width: 3)(inputs)
        let joined = concatenate(e, InnerProducts()(e))
        return FactorizationMachine()(e) + MLP(hidden: [4], dropout: 0)(joined)
      }),
  ]

  @Test(arguments: layers, [5, 37])
  func gradientsEqualCentralDifferences(layer: Layer, rows: Int) {
    let modes: [Mode] = [
      .evaluation,
      .training(dropout: Randomness(seed: 3, purpose: .dropout, step: 9), firstExample: 11),
    ]
    for mode in modes {
      let program = Program(
        tracing: layer.network,
        schema: layer.inputWidth == 0 ? FeatureSchema(fieldSizes: [4, 2, 5, 3]) : nil,
        inputWidth: layer.inputWidth)
      let trial = ProgramTrial(program, rows: rows, mode: mode)
      for (name, error) in trial.gradientErrors(
        step: layer.hasKinks ? 0.004 : 0.02, smoothness: layer.hasKinks ? 5e-3 : 1e-3)
      {
        #expect(
          error < (layer.hasKinks ? 1e-2 : 2e-3), "\(layer.testDescription), \(mode): \(name)")
      }
      #expect(trial.tangentError() < 2e-5, "\(layer.testDescription), \(mode): along")
    }
  }
}
