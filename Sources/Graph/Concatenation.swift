import Kernels

/// Values side by side.
///
/// The planner lets the inputs be written in their places where it can; the rest is copied.
struct Concatenation: Operation {
  let widths: [Int]
  private let starts: [Int]

  init(widths: [Int]) {
    self.widths = widths
    starts = widths.indices.map { widths[..<$0].reduce(0, +) }
  }

  var form: OperationForm {
    var form = OperationForm(name: "Concatenation", outputWidth: widths.reduce(0, +))
    form.runsInTiles = true
    form.joinsInputs = true
    let inputs = widths.indices.map { ExportNode.Value.input($0) }
    form.export = [ExportNode("Concat", inputs, attributes: [("axis", .integer(1))])]
    return form
  }

  func forward(_ pass: Pass) {
    for input in widths.indices where !pass.isInPlace(input) {
      Elementwise.copy(pass.input(input), into: part(input, of: pass.output))
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    for input in widths.indices where !pass.isInPlace(input) {
      Elementwise.copy(
        part(input, of: pass.outputGradient), into: pass.inputGradient(input),
        accumulate: pass.accumulates(input))
    }
  }

  private func part(_ input: Int, of joined: Matrix) -> Matrix {
    joined.columns(starts[input], widths[input])
  }
}

/// The values side by side, in this order.
public func concatenate(_ values: Node...) -> Node { concatenate(values) }

/// The values side by side, in this order.
public func concatenate(_ values: [Node]) -> Node {
  guard let first = values.first else { preconditionFailure("a concatenation of nothing") }
  return first.trace.record(Concatenation(widths: values.map(\.width)), values)
}
