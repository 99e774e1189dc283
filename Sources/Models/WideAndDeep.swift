import Graph
import Layers

/// Cheng et al., "Wide & deep learning for recommender systems", DLRS 2016.
///
///     z = b + Σ_i w_i + MLP([e_1; …; e_F])
public struct WideAndDeep: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return linear(inputs) + deep(embedded)
  }
}
