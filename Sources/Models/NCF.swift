import Graph
import Layers

/// He, Liao, Zhang, Nie, Hu and Chua, "Neural collaborative filtering", WWW 2017: of a user and an
/// item, with one embedding for both parts.
///
///     z = w·[u ∘ v; MLP_hidden([u; v])] + b
public struct NCF: Network {
  let embedding: Embedding
  let user: FieldSelection
  let item: FieldSelection
  let both: FieldSelection
  let deep: MLP
  let weights: Linear

  /// A model with these options. Fields other than the user's and the item's play no part.
  public init(_ options: ModelOptions) {
    let (first, second) = options.particular.pair
    embedding = Embedding(options)
    user = FieldSelection([first])
    item = FieldSelection([second])
    both = FieldSelection([first, second])
    deep = MLP(options)
    weights = Linear(outputs: options.outputs, name: "fc")
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    let product = user(embedded) * item(embedded)
    return weights(concatenate(product, deep.lastHidden(both(embedded))))
  }
}

extension ParticularOptions {
  /// The positions, from 0, of the user's and the item's field.
  var pair: (user: Int, item: Int) {
    (max(userField, 1) - 1, itemField > 0 ? itemField - 1 : 1)
  }
}
