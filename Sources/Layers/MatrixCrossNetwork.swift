import Graph

/// A cross network with a matrix for each layer: x_(l+1) = x_0 ∘ (W_l x_l + b_l) + x_l.
///
/// Source: Wang, Shivanna, Cheng, Jain, Lin, Hong and Chi, "DCN V2: improved deep & cross network
/// and practical lessons for web-scale learning to rank systems", WWW 2021, equation 1.
public struct MatrixCrossNetwork: Sendable {
  /// How many layers there are.
  public let layers: Int
  /// The first part of all names.
  public let name: String

  /// A network of this many layers.
  public init(layers: Int, name: String = "cross") {
    precondition(layers > 0, "a cross network needs one layer at least")
    self.layers = layers
    self.name = name
  }

  /// The last layer's values, of the width of `start`, x_0.
  public func callAsFunction(_ start: Node) -> Node {
    (0..<layers).reduce(start) { x, layer in
      start * Linear(outputs: start.width, name: "\(name).\(layer)")(x) + x
    }
  }
}
