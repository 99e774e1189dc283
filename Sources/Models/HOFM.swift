import Graph
import Layers

/// Blondel, Fujino, Ueda and Ishihata, "Higher-order factorization machines", NIPS 2016.
///
///     z = b + Σ_i w_i + Σ_(m=2…M) Σ_k A_m(e^m_1k, …, e^m_Fk)
///
/// A_m is the ANOVA kernel, the sum of the products of any m numbers; every order has embedding
/// vectors of its own, side by side in one. With K > 1 classes as `FM`.
public struct HOFM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let higher: HigherOrder
  let outputs: Int

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options, copies: options.particular.order - 1)
    linear = FirstOrder(options)
    higher = HigherOrder(order: options.particular.order)
    outputs = options.outputs
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let terms = higher(embedding(inputs)).spread(over: outputs, name: "hofm_weight")
    return linear(inputs) + terms
  }
}
