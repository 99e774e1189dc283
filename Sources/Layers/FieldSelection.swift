import Graph
import Kernels

/// The vectors of some fields of the schema, in a given order.
public struct FieldSelection: Sendable {
  /// Positions of the fields, counted from 0.
  public let fields: [Int]

  /// These fields; traps when there are none.
  public init(_ fields: [Int]) {
    precondition(!fields.isEmpty, "a selection needs one field at least")
    self.fields = fields
  }

  /// Their vectors of `embedded` side by side; `embedded` itself when that is all of them.
  public func callAsFunction(_ embedded: Node) -> Node {
    let count = embedded.fieldCount
    precondition(
      fields.allSatisfy { (0..<count).contains($0) }, "a selection of a field that is not there")
    if fields == Array(0..<count) { return embedded }
    return embedded.trace.record(
      SelectVectors(numbers: fields, width: embedded.width / count, count: count), embedded)
  }
}

/// Copies some of the vectors of a row.
struct SelectVectors: Operation {
  let numbers: [Int]
  let width: Int
  let count: Int

  var form: OperationForm {
    let size = numbers.count * width
    var form = OperationForm(name: "SelectVectors", outputWidth: size)
    form.runsInTiles = true
    form.cost = OperationCost(
      backwardFlops: size, forwardFloats: 2 * size, backwardFloats: 3 * size)
    form.export = [
      ExportNode(
        "Reshape", [.input(0), .integers([-1, count, width], shape: [3])],
        into: [.temporary("vectors")]),
      ExportNode(
        "Gather", [.temporary("vectors"), .integers(numbers, shape: [numbers.count])],
        into: [.temporary("selected")], attributes: [("axis", .integer(1))]),
      ExportNode("Flatten", [.temporary("selected")], attributes: [("axis", .integer(1))]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    for (place, number) in numbers.enumerated() {
      Elementwise.copy(
        pass.input(0).columns(number * width, width),
        into: pass.output.columns(place * width, width))
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    let gradient = pass.startedGradient(0)
    for (place, number) in numbers.enumerated() {
      Elementwise.copy(
        pass.outputGradient.columns(place * width, width),
        into: gradient.columns(number * width, width), accumulate: true)
    }
  }
}
