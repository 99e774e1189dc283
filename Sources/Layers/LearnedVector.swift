import Graph
import Kernels

/// A learned vector that is the same for all examples; it starts at 0.
public struct LearnedVector: Sendable {
  /// The length of the vector.
  public let width: Int
  /// Its name.
  public let name: String

  /// A vector of `width` numbers.
  public init(width: Int, name: String) {
    precondition(width > 0, "a learned vector needs one number at least")
    self.width = width
    self.name = name
  }

  /// The vector in every row, [examples × width].
  public func callAsFunction(_ trace: Trace) -> Node {
    trace.record(
      RepeatVector(vector: trace.parameter(name, shape: [width], initialisation: .zeros)))
  }
}

/// Writes a parameter into every row.
struct RepeatVector: Operation {
  let vector: Parameter

  var form: OperationForm {
    let width = vector.count
    var form = OperationForm(name: "LearnedVector \(vector.name)", outputWidth: width)
    form.parameters = [vector]
    form.runsInTiles = true
    form.cost = OperationCost(
      backwardFlops: width, forwardFloats: width, backwardFloats: width)
    // A zero for every example: the number of the only row to gather.
    let zero = ExportNode.Value.integers([0], shape: [1])
    form.export = [
      ExportNode(
        "Gather", [.identifiers, zero], into: [.temporary("column")],
        attributes: [("axis", .integer(1))]),
      ExportNode("Mul", [.temporary("column"), zero], into: [.temporary("zeros")]),
      ExportNode(
        "Reshape", [.temporary("zeros"), .integers([-1], shape: [1])],
        into: [.temporary("places")]),
      ExportNode(
        "Reshape", [.parameter(vector), .integers([1, width], shape: [2])],
        into: [.temporary("row")]),
      ExportNode("Gather", [.temporary("row"), .temporary("places")]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    Elementwise.fillRows(pass.output, with: pass.parameter(vector))
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    Elementwise.columnSums(
      of: pass.outputGradient, into: pass.parameterGradient(vector), beta: pass.parameterFactor)
  }
}
