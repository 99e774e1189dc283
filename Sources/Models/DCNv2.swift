import Graph
import Layers

/// Wang, Shivanna, Cheng, Jain, Lin, Hong and Chi, "DCN V2: improved deep & cross network and
/// practical lessons for web-scale learning to rank systems", WWW 2021, in its parallel form.
///
///     z = w·[x_L; MLP_hidden(E)] + b        x_(l+1) = x_0 ∘ (W_l x_l + b_l) + x_l,  x_0 = E
public struct DCNv2: Network {
  let embedding: Embedding
  let cross: MatrixCrossNetwork
  let deep: MLP
  let linear: Linear

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    cross = MatrixCrossNetwork(layers: options.particular.crossLayers)
    deep = MLP(options)
    linear = Linear(outputs: options.outputs, name: "linear")
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return linear(concatenate(cross(embedded), deep.lastHidden(embedded)))
  }
}
