import Graph
import Layers

/// Qu, Cai, Ren, Zhang, Yu, Wen and Wang, "Product-based neural networks for user response
/// prediction", ICDM 2016, with inner products.
///
///     z = MLP([e_1; …; e_F; ⟨e_1, e_2⟩; ⟨e_1, e_3⟩; …; ⟨e_(F−1), e_F⟩])
///
/// torchfm's model owns first-order weights too and never uses them; this one does not.
public struct IPNN: Network {
  let embedding: Embedding
  let products: InnerProducts
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    products = InnerProducts()
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return deep(concatenate(embedded, products(embedded)))
  }
}
