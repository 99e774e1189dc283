import Graph
import Layers

/// Juan, Zhuang, Chin and Lin, "Field-aware factorization machines for CTR prediction", RecSys
/// 2016.
///
///     z = b + Σ_i w_i + Σ_(i<j) ⟨e_(i,j), e_(j,i)⟩
///
/// e_(i,j) is the vector that field i's feature keeps for field j. With K > 1 classes as `FM`.
public struct FFM: Network {
  let linear: FirstOrder
  let pairs: FieldAwareProducts
  let outputs: Int

  /// A model with these options.
  public init(_ options: ModelOptions) {
    linear = FirstOrder(options)
    pairs = FieldAwareProducts(options)
    outputs = options.outputs
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let pairwise = pairs.sum(inputs).spread(over: outputs, name: "ffm_weight")
    return linear(inputs) + pairwise
  }
}
