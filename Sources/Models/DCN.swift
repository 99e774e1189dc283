import Graph
import Layers

/// Wang, Fu, Fu and Wang, "Deep & cross network for ad click predictions", ADKDD 2017.
///
///     z = w·[x_L; MLP_hidden(E)] + b        x_(l+1) = x_0 (w_l·x_l) + b_l + x_l,  x_0 = E
public struct DCN: Network {
  let embedding: Embedding
  let cross: CrossNetwork
  let deep: MLP
  let linear: Linear

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    cross = CrossNetwork(layers: options.particular.crossLayers)
    deep = MLP(options)
    linear = Linear(outputs: options.outputs, name: "linear")
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return linear(concatenate(cross(embedded), deep.lastHidden(embedded)))
  }
}
