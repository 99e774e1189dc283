import Graph
import Kernels

/// A network given by a closure.
struct Formula: Network {
  let formula: @Sendable (Inputs) -> Node

  init(_ formula: @escaping @Sendable (Inputs) -> Node) { self.formula = formula }

  func callAsFunction(_ inputs: Inputs) -> Node { formula(inputs) }
}

/// y = w ∘ x: the smallest operation with a parameter, that notes the passes it is called with.
struct ScaleColumns: Operation {
  let weight: Parameter
  var runsInTiles = true

  var form: OperationForm {
    var form = OperationForm(name: "Scale \(weight.name)", outputWidth: weight.count)
    form.parameters = [weight]
    form.keepsInputs = true
    form.runsInTiles = runsInTiles
    form.cost = OperationCost(
      forwardFlops: weight.count, backwardFlops: 2 * weight.count,
      forwardFloats: 2 * weight.count, backwardFloats: 3 * weight.count)
    return form
  }

  func forward(_ pass: Pass) {
    let (x, y, w) = (pass.input(0), pass.output, pass.parameter(weight))
    for row in 0..<pass.rows {
      for column in 0..<w.count { y[row, column] = w[column] * x[row, column] }
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    let (x, w) = (pass.input(0), pass.parameter(weight))
    let (xMotion, wMotion) = (direction.input(0), direction.parameter(weight))
    for row in 0..<pass.rows {
      for column in 0..<w.count {
        direction.output[row, column] =
          xMotion[row, column] * w[column] + x[row, column] * wMotion[column]
      }
    }
  }

  func backward(_ pass: Pass) {
    let (x, w) = (pass.input(0), pass.parameter(weight))
    let (dy, dx) = (pass.outputGradient, pass.inputGradient(0))
    let dw = pass.parameterGradient(weight)
    for column in 0..<w.count {
      var sum = pass.parameterFactor == 0 ? 0 : dw[column]
      for row in 0..<pass.rows {
        sum += dy[row, column] * x[row, column]
        let old = pass.accumulates(0) ? dx[row, column] : 0
        dx[row, column] = old + dy[row, column] * w[column]
      }
      dw[column] = sum
    }
  }
}

extension Node {
  /// w ∘ x with a new parameter w.
  func scaled(_ name: String, runsInTiles: Bool = true) -> Node {
    let weight = trace.parameter(
      name, shape: [width], initialisation: .uniform(bound: 1))
    return trace.record(ScaleColumns(weight: weight, runsInTiles: runsInTiles), self)
  }
}
