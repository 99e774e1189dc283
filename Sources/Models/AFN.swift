import Graph
import Layers

/// Cheng, Shen and Huang, "Adaptive factorization network: learning adaptive-order feature
/// interactions", AAAI 2020.
///
///     z = b + Σ_i w_i + MLP([y_1; …; y_N])        y_n = relu(expm1(Σ_i W_ni log1p(|e_i| + 10⁻⁷)))
public struct AFN: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let neurons: LogarithmicNeurons
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    linear = FirstOrder(options)
    neurons = LogarithmicNeurons(count: options.particular.logNeurons)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    linear(inputs) + deep(neurons(embedding(inputs)))
  }
}
