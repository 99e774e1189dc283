import Graph
import Layers

/// Mao, Zhu, Su, Cai, Li and Dong, "FinalMLP: an enhanced two-stream MLP model for CTR prediction",
/// AAAI 2023.
///
///     z = w_x·x + w_y·y + Σ_h x_hᵀ W_h y_h        x = MLP_hidden(E ∘ g_1), y = MLP_hidden(E ∘ g_2)
///
/// The gates, g = 2σ(W′ relu(W″ c + b″) + b′), weight the embedding by what a context c says of it:
/// the vector of the user's field for the first stream, of the item's for the second, or a learned
/// vector where no field is given.
public struct FinalMLP: Network {
  /// One of the two streams.
  struct Stream {
    let context: FieldSelection?
    let learned: LearnedVector
    let gate: ContextGate
    let deep: MLP
    let weights: Linear
  }

  let embedding: Embedding
  let first: Stream
  let second: Stream
  let fusion: BilinearFusion

  /// A model with these options; both perceptrons have the same hidden layers.
  public init(_ options: ModelOptions) {
    let particular = options.particular
    embedding = Embedding(options)
    first = Stream(1, weights: "w_x", field: particular.userField, options)
    second = Stream(2, weights: "w_y", field: particular.itemField, options)
    fusion = BilinearFusion(
      heads: particular.heads, outputs: options.outputs, name: "fusion_module.w_xy")
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    let (x, y) = (first(embedded), second(embedded))
    return first.weights(x) + second.weights(y) + fusion(x, y)
  }
}

extension FinalMLP.Stream {
  /// Stream number 1 or 2, with the context of this field, counted from 1, or of none.
  init(_ number: Int, weights name: String, field: Int, _ options: ModelOptions) {
    context = field > 0 ? FieldSelection([field - 1]) : nil
    learned = LearnedVector(
      width: options.embeddingWidth, name: "fs_module.fs\(number)_ctx_bias")
    gate = ContextGate(
      hidden: options.particular.gateWidth, name: "fs_module.fs\(number)_gate")
    deep = MLP(hidden: options.hidden, dropout: options.dropout, name: "mlp\(number)")
    weights = Linear(outputs: options.outputs, name: "fusion_module.\(name)")
  }

  /// The last hidden values of the stream.
  func callAsFunction(_ embedded: Node) -> Node {
    let known = context.map { $0(embedded) } ?? learned(embedded.trace)
    return deep.lastHidden(gate(embedded, context: known))
  }
}
