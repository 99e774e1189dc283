import Graph
import Layers

/// Song, Shi, Xiao, Duan, Xu, Zhang and Tang, "AutoInt: automatic feature interaction learning via
/// self-attentive neural networks", CIKM 2019, with a perceptron beside it.
///
///     z = b + Σ_i w_i + w·relu(A_L(… A_1(W_a E)) + W_r E) + MLP(E)
///
/// A_l is multi-head self-attention among the fields. As in torchfm, the residual is added once,
/// after the last layer, and W_a, W_r act on each field's vector.
public struct AutoInt: Network {
  let embedding: Embedding
  let linear: FirstOrder
  let start: Linear
  let attention: [SelfAttention]
  let residual: Linear
  let weights: Linear
  let deep: MLP

  /// A model with these options.
  public init(_ options: ModelOptions) {
    let (heads, particular) = (options.particular.heads, options.particular)
    embedding = Embedding(options)
    linear = FirstOrder(options)
    start = Linear(outputs: heads * particular.headWidth, name: "atten_embedding")
    attention = (0..<particular.attentionLayers).map {
      SelfAttention(heads: heads, name: "self_attns.\($0)")
    }
    residual = Linear(outputs: heads * particular.headWidth, name: "V_res_embedding")
    weights = Linear(outputs: options.outputs, name: "attn_fc")
    deep = MLP(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    let embedded = embedding(inputs)
    let attended = attention.reduce(start.eachField(of: embedded)) { $1($0) }
    let rectified = Activation(.rectifier)(attended + residual.eachField(of: embedded))
    return linear(inputs) + weights(rectified) + deep(embedded)
  }
}
