import Graph
import Kernels

/// max(0, x), and the dropout that usually follows: what stands in for a batch normalisation with
/// ReLU where nothing is to be normalised.
public struct Rectifier: Sendable {
  /// The part of the results that training drops.
  public let dropout: Float

  /// A ReLU, followed by dropout.
  public init(dropout: Float = 0) {
    precondition(dropout >= 0 && dropout < 1, "a dropout rate lies in [0, 1), not \(dropout)")
    self.dropout = dropout
  }

  /// The rectified values, of the width of `x`.
  public func callAsFunction(_ x: Node) -> Node { Dropout(dropout)(Activation(.rectifier)(x)) }
}
