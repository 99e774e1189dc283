import Graph
import Layers

/// Wang, She and Zhang, "MaskNet: introducing feature-wise multiplication to CTR ranking models by
/// instance-guided mask", DLP-KDD 2021, in its parallel form.
///
///     z = MLP([y_1; …; y_B])        y_k = relu(LN(W_k (m_k(E) ∘ LN(E))))
///
/// The mask m_k is a perceptron of one hidden layer. The embedding is normalised field by field.
public struct MaskNet: Network {
  let embedding: Embedding
  let norm: LayerNorm
  let blocks: [MaskBlock]
  let deep: MLP

  /// A model with these options, for as many fields as it is called on.
  public init(_ options: ModelOptions) {
    let particular = options.particular
    embedding = Embedding(options)
    norm = LayerNorm(name: "emb_norm")
    blocks = (0..<particular.maskBlocks).map {
      MaskBlock(
        ratio: particular.maskRatio, outputs: particular.blockWidth, name: "mask_blocks.\($0)")
    }
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    let normal = norm.eachField(of: embedded)
    return deep(concatenate(blocks.map { $0(normal, embedded: embedded) }))
  }
}
