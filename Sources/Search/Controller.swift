import Graph
import Layers

/// The controller: (y, ŷ) → [linear, batch normalisation, ReLU, dropout] for each hidden layer →
/// one output o_i a candidate, with α = softmax(o), or two of another meaning. With K classes y is
/// one-hot and ŷ the softmax.
///
/// Its batch statistics are those of the slice in both of its uses, weighing and being updated.
/// Source: Zhao et al., "AutoLoss", KDD 2021, §3.3 and §4.3.
public struct Controller: Network {
  /// How many numbers it gives: one or two for each loss that it chooses among.
  public let outputCount: Int
  /// Its shape: `hidden`, `batchNorm` and `dropout`.
  public let options: SearchOptions

  /// Numbers that go in for each example: the label y and the prediction ŷ, or K of each.
  public static func inputWidth(classes: Int) -> Int { classes > 2 ? 2 * classes : 2 }

  /// A controller of so many outputs.
  public init(outputCount: Int, options: SearchOptions) {
    self.outputCount = outputCount
    self.options = options
  }

  /// The outputs before any softmax, [examples × outputs].
  public func callAsFunction(_ inputs: Inputs) -> Node {
    var value = inputs.dense
    for (layer, width) in zip(1..., options.hidden) {
      value = Linear(outputs: width, name: "fc\(layer)")(value)
      value =
        options.batchNorm
        ? BatchNorm(name: "bn\(layer)", rectifies: true, dropout: options.dropout)(value)
        : Rectifier(dropout: options.dropout)(value)
    }
    return Linear(outputs: outputCount, name: "out")(value)
  }
}
