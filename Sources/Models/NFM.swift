import Graph
import Layers

/// He and Chua, "Neural factorization machines for sparse predictive analytics", SIGIR 2017.
///
///     z = b + Σ_i w_i + MLP(drop(BN(½ [(Σ_i e_i)² − Σ_i e_i²])))
public struct NFM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let pooling: BiInteraction
  let norm: BatchNorm
  let dropout: Dropout
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    pooling = BiInteraction()
    norm = BatchNorm(name: "fm.1")
    dropout = Dropout(options.dropout)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let pooled = pooling(embedding(inputs))
    return linear(inputs) + deep(dropout(norm(pooled)))
  }
}
