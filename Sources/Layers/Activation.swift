import Graph
import Kernels

/// A function of every number alone: ReLU, or a scaled sigmoid.
public struct Activation: Sendable {
  /// Which function.
  public let function: ActivationFunction

  /// An activation by this function.
  public init(_ function: ActivationFunction) { self.function = function }

  /// The function of each number of `x`.
  public func callAsFunction(_ x: Node) -> Node {
    x.trace.record(ActivateColumns(width: x.width, function: function), x)
  }
}

/// Applies a function to every number; its gradient needs the results only.
struct ActivateColumns: Operation {
  let width: Int
  let function: ActivationFunction

  var form: OperationForm {
    var form = OperationForm(name: title, outputWidth: width)
    form.keepsOutput = true
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: width, backwardFlops: width, forwardFloats: 2 * width,
      backwardFloats: 3 * width)
    switch function {
    case .rectifier: form.export = [ExportNode("Relu", [.input(0)])]
    case .sigmoid(let scale):
      form.export = [
        ExportNode("Sigmoid", [.input(0)], into: [.temporary("sigmoid")]),
        ExportNode("Mul", [.temporary("sigmoid"), .floats([scale], shape: [1])]),
      ]
    }
    return form
  }

  private var title: String {
    switch function {
    case .rectifier: "ReLU"
    case .sigmoid(let scale): scale == 1 ? "Sigmoid" : "Sigmoid × \(scale)"
    }
  }

  func forward(_ pass: Pass) {
    function.forward(pass.input(0), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    // The slope of a number is the same in both directions.
    function.backward(
      pass.output, gradient: direction.input(0), into: direction.output, accumulate: false)
  }

  func backward(_ pass: Pass) {
    function.backward(
      pass.output, gradient: pass.outputGradient, into: pass.inputGradient(0),
      accumulate: pass.accumulates(0))
  }
}

extension ActivateColumns: CurvedOperation {
  func gradientTangent(_ pass: Pass, along direction: Pass) {
    precondition(function == .rectifier, "the slope of a sigmoid is not differentiated")
    // The slope is 0 or 1 and stays so.
    function.backward(
      pass.output, gradient: direction.outputGradient, into: direction.inputGradient(0),
      accumulate: direction.accumulates(0))
  }
}
