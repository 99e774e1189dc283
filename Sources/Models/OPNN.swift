import Graph
import Layers

/// Qu, Cai, Ren, Zhang, Yu, Wen and Wang, "Product-based neural networks for user response
/// prediction", ICDM 2016, with outer products.
///
///     z = MLP([e_1; …; e_F; o_12; o_13; …; o_(F−1)F])        o_ij = e_jᵀ K_ij e_i
///
/// The kernel of a pair is a matrix, the diagonal of one (`vec`), or a number times the unit matrix
/// (`num`). torchfm's model owns first-order weights too and never uses them; this one does not.
public struct OPNN: Network {
  let embedding: Embedding
  let products: OuterProducts
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    embedding = Embedding(options)
    products = OuterProducts(kernel: options.particular.kernel)
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    return deep(concatenate(embedded, products(embedded)))
  }
}
