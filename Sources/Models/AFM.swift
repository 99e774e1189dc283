import Graph
import Layers

/// Xiao, Ye, He, Zhang, Wu and Chua, "Attentional factorization machines: learning the weight of
/// feature interactions via attention networks", IJCAI 2017.
///
///     z = b + Σ_i w_i + pᵀ drop(Σ_(i<j) drop(a_ij) (e_i ∘ e_j))
///     a = softmax over the pairs of hᵀ relu(W (e_i ∘ e_j) + b′)
public struct AFM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let pooling: AttentionPooling
  let dropout: Dropout
  let weights: Linear

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    pooling = AttentionPooling(hidden: options.particular.attentionWidth, dropout: options.dropout)
    dropout = Dropout(options.dropout)
    weights = Linear(outputs: options.outputs, name: "afm.fc")
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let pooled = pooling(embedding(inputs))
    return linear(inputs) + weights(dropout(pooled))
  }
}
