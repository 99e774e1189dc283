import Graph
import Layers

/// Zhang, Ma, Huang and Zhang, "Field-aware neural factorization machine for click-through rate
/// prediction", IEEE Access 2019 (arXiv 1902.09096).
///
///     z = b + Σ_i w_i + MLP(drop(BN([e_(1,2) ∘ e_(2,1); e_(1,3) ∘ e_(3,1); …])))
///
/// e_(i,j) is the vector that field i's feature keeps for field j.
public struct FNFM: Network {
  let linear: FirstOrder
  let pairs: FieldAwareProducts
  let norm: BatchNorm
  let dropout: Dropout
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    linear = FirstOrder(options)
    pairs = FieldAwareProducts(options)
    norm = BatchNorm(name: "bn")
    dropout = Dropout(options.dropout)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let products = pairs(inputs)
    return linear(inputs) + deep(dropout(norm(products)))
  }
}
