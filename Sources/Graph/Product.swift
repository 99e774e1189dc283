import Kernels

/// The product of two values of one width, number by number.
struct Product: Operation {
  let width: Int

  init(width: Int, otherWidth: Int) {
    precondition(width == otherWidth, "a product of values of widths \(width) and \(otherWidth)")
    self.width = width
  }

  var form: OperationForm {
    var form = OperationForm(name: "Product", outputWidth: width)
    form.keepsInputs = true
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: width, backwardFlops: 2 * width, forwardFloats: 3 * width,
      backwardFloats: 5 * width)
    form.export = [ExportNode("Mul", [.input(0), .input(1)])]
    return form
  }

  func forward(_ pass: Pass) {
    Hadamard.multiply(pass.input(0), pass.input(1), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    Hadamard.multiply(direction.input(0), pass.input(1), into: direction.output)
    Hadamard.multiply(
      pass.input(0), direction.input(1), into: direction.output, accumulate: true)
  }

  func backward(_ pass: Pass) {
    for input in 0..<2 {
      Hadamard.multiply(
        pass.outputGradient, pass.input(1 - input), into: pass.inputGradient(input),
        accumulate: pass.accumulates(input))
    }
  }
}

extension Node {
  /// The product, element by element.
  public static func * (a: Node, b: Node) -> Node {
    a.trace.record(Product(width: a.width, otherWidth: b.width), a, b)
  }
}
