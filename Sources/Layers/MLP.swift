import Graph

/// A multi-layer perceptron: (linear, batch normalisation, ReLU, dropout) for each hidden layer,
/// then a linear layer to the outputs.
///
/// Names as torchfm's `MultiLayerPerceptron`, a sequence of four modules a layer.
public struct MLP: Sendable {
  /// The widths of the hidden layers.
  public let hidden: [Int]
  /// How many numbers come out per example.
  public let outputs: Int
  /// The part of the hidden values that training drops.
  public let dropout: Float
  /// The first part of all names.
  public let name: String

  /// A perceptron with these hidden layers.
  public init(hidden: [Int], outputs: Int = 1, dropout: Float, name: String = "mlp.mlp") {
    self.hidden = hidden
    self.outputs = outputs
    self.dropout = dropout
    self.name = name
  }

  /// The outputs, [examples × outputs].
  public func callAsFunction(_ x: Node) -> Node {
    Linear(outputs: outputs, name: "\(name).\(4 * hidden.count)")(lastHidden(x))
  }

  /// The values of the last hidden layer, or `x` when there is none; no layer to the outputs.
  public func lastHidden(_ x: Node) -> Node {
    var value = x
    for (layer, width) in hidden.enumerated() {
      let linear = Linear(outputs: width, name: "\(name).\(4 * layer)")
      let norm = BatchNorm(name: "\(name).\(4 * layer + 1)", rectifies: true, dropout: dropout)
      value = norm(linear(value))
    }
    return value
  }
}
