import Graph
import Kernels

/// A feed-forward layer whose inputs are weighted by a mask that the embedding makes.
///
///     y = relu(LN(W (m ∘ x)))        m = W_2 relu(W_1 E + b_1) + b_2
///
/// Source: Wang, She and Zhang, "MaskNet: introducing feature-wise multiplication to CTR ranking
/// models by instance-guided mask", DLP-KDD 2021, equations 5 to 9.
public struct MaskBlock: Sendable {
  /// The width of the mask's hidden layer, as a multiple of the embedding's; it is 1 at least.
  public let ratio: Double
  /// How many numbers come out per example.
  public let outputs: Int
  /// The first part of all names.
  public let name: String

  /// A block with this many outputs.
  public init(ratio: Double, outputs: Int, name: String) {
    self.ratio = ratio
    self.outputs = outputs
    self.name = name
  }

  /// y, [examples × outputs], of x with the mask of `embedded`.
  public func callAsFunction(_ x: Node, embedded: Node) -> Node {
    let hidden = max(1, Int(Double(embedded.width) * ratio))
    let inner = Linear(outputs: hidden, name: "\(name).mask_layer.0")(embedded)
    let mask = Linear(outputs: x.width, name: "\(name).mask_layer.2")(
      Activation(.rectifier)(inner))
    let layer = Linear(outputs: outputs, name: "\(name).hidden_layer.0", hasBias: false)
    return LayerNorm(name: "\(name).hidden_layer.1", rectifies: true)(layer(mask * x))
  }
}
