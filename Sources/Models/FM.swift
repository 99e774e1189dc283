import Graph
import Layers

/// Rendle, "Factorization machines", ICDM 2010.
///
///     z = b + Σ_i w_i + ½ Σ_k [(Σ_i e_ik)² − Σ_i e_ik²]
///
/// With K > 1 classes first-order weights are K-dimensional and the second-order term enters each
/// class through a learned weight; the paper has one output only.
public struct FM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let factorization: FactorizationMachine
  let outputs: Int

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    factorization = FactorizationMachine()
    outputs = options.outputs
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let pairwise = factorization(embedding(inputs)).spread(over: outputs, name: "fm_weight")
    return linear(inputs) + pairwise
  }
}
