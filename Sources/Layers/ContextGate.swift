import Graph
import Kernels

/// A value weighted number by number by what a context says of it.
///
///     y = x ∘ 2σ(W_2 relu(W_1 c + b_1) + b_2)
///
/// Source: Mao, Zhu, Su, Cai, Li and Dong, "FinalMLP: an enhanced two-stream MLP model for CTR
/// prediction", AAAI 2023, equations 5 and 6.
public struct ContextGate: Sendable {
  /// The width of the hidden layer.
  public let hidden: Int
  /// The first part of all names.
  public let name: String

  /// A gate with this hidden layer.
  public init(hidden: Int, name: String) {
    self.hidden = hidden
    self.name = name
  }

  /// `x` weighted by the gate of `context`.
  public func callAsFunction(_ x: Node, context: Node) -> Node {
    let inner = Activation(.rectifier)(Linear(outputs: hidden, name: "\(name).0")(context))
    let weights = Linear(outputs: x.width, name: "\(name).2")(inner)
    return x * Activation(.sigmoid(scale: 2))(weights)
  }
}
