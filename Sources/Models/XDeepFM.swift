import Graph
import Layers

/// Lian, Zhou, Zhang, Chen, Xie and Sun, "xDeepFM: combining explicit and implicit feature
/// interactions for recommender systems", KDD 2018.
///
///     z = b + Σ_i w_i + CIN([e_1; …; e_F]) + MLP([e_1; …; e_F])
public struct XDeepFM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let interactions: CompressedInteractionNetwork
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    interactions = CompressedInteractionNetwork(
      widths: options.particular.cinWidths, splitsHalf: options.particular.cinSplit,
      outputs: options.outputs)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return linear(inputs) + interactions(embedded) + deep(embedded)
  }
}
