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

extension ExportNode {
  /// What makes of input 0, vectors side by side, the tensors "first" and "second": e_i and e_j of
  /// all pairs i < j, [examples, pairs, width].
  public static func vectorsOfPairs(fields: Int, width: Int) -> [ExportNode] {
    let pairs = (0..<fields).flatMap { i in (i + 1..<fields).map { (i, $0) } }
    func gather(_ places: [Int], into name: String) -> ExportNode {
      ExportNode(
        "Gather", [.temporary("vectors"), .integers(places, shape: [places.count])],
        into: [.temporary(name)], attributes: [("axis", .integer(1))])
    }
    return [
      ExportNode(
        "Reshape", [.input(0), .integers([-1, fields, width], shape: [3])],
        into: [.temporary("vectors")]),
      gather(pairs.map { $0.0 }, into: "first"), gather(pairs.map { $0.1 }, into: "second"),
    ]
  }
}
