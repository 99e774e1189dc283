import Graph
import Kernels
import Layers
import Testing

/// The ONNX forms: what a node reads was made before, and the output is made once.
@Suite struct ExportFormTests {
  private struct Everything: Network {
    func callAsFunction(_ inputs: Inputs) -> Node {
      let e = Embedding(width: 3)(inputs)
      let joined = concatenate(e, InnerProducts()(e))
      let second = ScalarWeights(outputs: 2, name: "v")(FactorizationMachine()(e))
      let deep = MLP(hidden: [4], outputs: 2, dropout: 0.1)(BatchNorm(name: "n")(joined))
      return FirstOrder(outputs: 2)(inputs) + second + deep
    }
  }

  private struct Interactions: Network {
    func callAsFunction(_ inputs: Inputs) -> Node {
      let e = Embedding(width: 6)(inputs)
      let pooled = Dropout(0.1)(BiInteraction()(e) + AttentionPooling(hidden: 3, dropout: 0.1)(e))
      let field = FieldAwareProducts(width: 2)
      let kernels = OuterProducts.Kernel.allCases.map {
        OuterProducts(kernel: $0, name: $0.rawValue)(e)
      }
      return concatenate(
        pooled, HigherOrder(order: 4)(e), field(inputs),
        FieldAwareProducts(width: 2, name: "other").sum(inputs), kernels[0], kernels[1], kernels[2])
    }
  }

  private struct Networks: Network {
    func callAsFunction(_ inputs: Inputs) -> Node {
      let e = Embedding(width: 6)(inputs)
      let learned = LearnedVector(width: 2, name: "v")(inputs.trace)
      let gated = ContextGate(hidden: 3, name: "g")(e, context: learned)
      let masked = MaskBlock(ratio: 1, outputs: 3, name: "m")(
        LayerNorm(name: "n").eachField(of: gated), embedded: e)
      let selected = FieldSelection([2])(e)
      return concatenate(
        CrossNetwork(layers: 1)(e), MatrixCrossNetwork(layers: 1)(e),
        CompressedInteractionNetwork(widths: [4, 3], splitsHalf: true, outputs: 2)(e),
        SelfAttention(heads: 2, name: "a")(e), LogarithmicNeurons(count: 2)(e), masked,
        BilinearFusion(heads: 1, outputs: 2, name: "f")(selected, e))
    }
  }

  @Test func everyOperationHasAConsistentForm() {
    let schema = FeatureSchema(fieldSizes: [3, 4, 5])
    let programs = [
      Program(tracing: Everything(), schema: schema),
      Program(tracing: Interactions(), schema: schema),
      Program(tracing: Networks(), schema: schema),
    ]
    for form in programs.flatMap(\.operations) {
      var made: Set<String> = []
      #expect(!form.export.isEmpty, "\(form.name)")
      for node in form.export {
        for case .temporary(let name) in node.inputs {
          #expect(made.contains(name), "\(form.name) reads \(name) before it is made")
        }
        for case .temporary(let name) in node.outputs { made.insert(name) }
      }
      #expect(form.export.count { $0.outputs == [.output] } == 1, "\(form.name)")
      #expect(form.export.last?.outputs == [.output], "\(form.name)")
    }
  }

  @Test func pairsAreGatheredFromTheSquareInOrder() throws {
    let program = Program(
      tracing: Everything(), schema: FeatureSchema(fieldSizes: [3, 4, 5]))
    let form = try #require(program.operations.first { $0.name == "InnerProducts" })
    #expect(form.export.last?.inputs.last == .integers([1, 2, 5], shape: [3]))
  }
}
