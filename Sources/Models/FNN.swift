import Graph
import Layers

/// Zhang, Du and Wang, "Deep learning over multi-field categorical data", ECIR 2016, without its
/// pre-training by a factorization machine.
///
///     z = MLP([e_1; …; e_F])
public struct FNN: Network {
  let embedding: Embedding
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    deep(embedding(inputs))
  }
}
