/// One node of the ONNX form of an operation.
///
/// Values are named by their role; who writes a file gives them names and writes what they hold.
public struct ExportNode: Sendable, Equatable {
  /// The ONNX operator, for example "Gemm".
  public var operatorType: String
  /// What goes in, in ONNX's order.
  public var inputs: [Value]
  /// What comes out, in ONNX's order.
  public var outputs: [Value]
  /// ONNX attributes, by name.
  public var attributes: [(name: String, value: Attribute)]

  /// A node.
  public init(
    _ operatorType: String, _ inputs: [Value], into outputs: [Value] = [.output],
    attributes: [(name: String, value: Attribute)] = []
  ) {
    self.operatorType = operatorType
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// A tensor that a node reads or writes.
  public enum Value: Sendable, Equatable {
    /// The operation's input of this number, [examples, width].
    case input(Int)
    /// The operation's output, [examples, width].
    case output
    /// A tensor between nodes of one operation.
    case temporary(String)
    /// A dense parameter, in its shape.
    case parameter(Parameter)
    /// A running statistic, [width].
    case statistic(Statistic)
    /// The whole table of a part of the rows, [rows, width].
    case table(RowPart)
    /// The feature ids inside their fields, int64 [examples, fields].
    case identifiers
    /// The first row of each field, int64 [fields].
    case fieldOffsets
    /// Constant numbers of a shape.
    case floats([Float], shape: [Int])
    /// Constant integers of a shape.
    case integers([Int], shape: [Int])
  }

  /// The value of an attribute.
  public enum Attribute: Sendable, Equatable {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  /// Whether operator, tensors and attributes are equal.
  public static func == (a: ExportNode, b: ExportNode) -> Bool {
    a.operatorType == b.operatorType && a.inputs == b.inputs && a.outputs == b.outputs
      && a.attributes.elementsEqual(b.attributes) { $0 == $1 }
  }
}
