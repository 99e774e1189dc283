import Kernels

/// The sum of two values of one width.
struct Sum: Operation {
  let width: Int

  init(width: Int, otherWidth: Int) {
    precondition(width == otherWidth, "a sum of values of widths \(width) and \(otherWidth)")
    self.width = width
  }

  var form: OperationForm {
    var form = OperationForm(name: "Sum", outputWidth: width)
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: width, forwardFloats: 3 * width, backwardFloats: 3 * width)
    form.export = [ExportNode("Add", [.input(0), .input(1)])]
    return form
  }

  func forward(_ pass: Pass) {
    Elementwise.add(pass.input(0), pass.input(1), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    for input in 0..<2 {
      Elementwise.copy(
        pass.outputGradient, into: pass.inputGradient(input),
        accumulate: pass.accumulates(input))
    }
  }
}
