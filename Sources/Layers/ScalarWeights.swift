import Graph
import Kernels

/// A learned vector times one number per example: y_k = v_k · x. The vector starts at 1.
///
/// It hands the one second-order term of a factorization machine to each of several outputs.
public struct ScalarWeights: Sendable {
  /// How many numbers come out per example.
  public let outputs: Int
  /// The name of the vector.
  public let name: String

  /// A vector of `outputs` numbers.
  public init(outputs: Int, name: String) {
    precondition(outputs > 0, "a vector of weights needs one number at least")
    self.outputs = outputs
    self.name = name
  }

  /// y, [examples × outputs], of x, [examples × 1].
  public func callAsFunction(_ x: Node) -> Node {
    precondition(x.width == 1, "scalar weights take one number per example, not \(x.width)")
    return x.trace.record(
      Spread(
        weight: x.trace.parameter(name, shape: [outputs], initialisation: .constant(1))), x)
  }
}

/// The outer product of a column and a learned row.
struct Spread: Operation {
  let weight: Parameter

  var form: OperationForm {
    let outputs = weight.count
    var form = OperationForm(name: "ScalarWeights \(weight.name)", outputWidth: outputs)
    form.parameters = [weight]
    form.keepsInputs = true
    form.cost = OperationCost(
      forwardFlops: outputs, backwardFlops: 4 * outputs, forwardFloats: outputs + 1,
      backwardFloats: outputs + 2)
    form.export = [ExportNode("Mul", [.input(0), .parameter(weight)])]
    return form
  }

  private func row(_ weights: Floats) -> Matrix {
    Matrix(weights, rows: 1, columns: weight.count)
  }

  func forward(_ pass: Pass) {
    BLAS.multiply(pass.input(0), row(pass.parameter(weight)), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    BLAS.multiply(direction.input(0), row(pass.parameter(weight)), into: direction.output)
    BLAS.multiply(
      pass.input(0), row(direction.parameter(weight)), into: direction.output, beta: 1)
  }

  func backward(_ pass: Pass) {
    BLAS.multiply(
      pass.input(0), pass.outputGradient, transposeA: true,
      into: row(pass.parameterGradient(weight)), beta: pass.parameterFactor)
    BLAS.multiply(
      pass.outputGradient, row(pass.parameter(weight)), transposeB: true,
      into: pass.inputGradient(0), beta: pass.accumulates(0) ? 1 : 0)
  }
}
