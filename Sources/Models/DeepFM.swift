import Graph
import Layers

/// Guo, Tang, Ye, Li and He, "DeepFM: a factorization-machine based neural network for CTR
/// prediction", IJCAI 2017.
///
///     z = b + Σ_i w_i + ½ Σ_k [(Σ_i e_ik)² − Σ_i e_ik²] + MLP([e_1; …; e_F])
///
/// With K > 1 classes first-order weights are K-dimensional and the second-order term enters each
/// class through a learned weight; the paper has one output only.
public struct DeepFM: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let factorization: FactorizationMachine
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    factorization = FactorizationMachine()
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    let pairwise = factorization(embedded).spread(over: deep.outputs, name: "fm_weight")
    return linear(inputs) + pairwise + deep(embedded)
  }
}

extension Node {
  /// One number per example for each of `outputs` classes; one class takes it as it is.
  func spread(over outputs: Int, name: String) -> Node {
    outputs == 1 ? self : ScalarWeights(outputs: outputs, name: name)(self)
  }
}
