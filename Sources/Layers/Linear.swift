import Graph
import Kernels

/// A linear layer, y = x·Wᵀ + b.
///
/// Weights and bias start as torch's `nn.Linear`: U(±1/√inputs).
public struct Linear: Sendable {
  /// How many numbers come out per example.
  public let outputs: Int
  /// The first part of the names of weight and bias.
  public let name: String

  /// A layer with this many outputs.
  public init(outputs: Int, name: String) {
    precondition(outputs > 0, "a linear layer needs one output at least")
    self.outputs = outputs
    self.name = name
  }

  /// y, [examples × outputs].
  public func callAsFunction(_ x: Node) -> Node {
    let initialisation = Initialisation.uniform(bound: 1 / Float(x.width).squareRoot())
    return x.trace.record(
      Affine(
        name: name,
        weight: x.trace.parameter(
          "\(name).weight", shape: [outputs, x.width], initialisation: initialisation),
        bias: x.trace.parameter(
          "\(name).bias", shape: [outputs], initialisation: initialisation)), x)
  }
}

/// A product with a matrix, and a bias added to each row.
struct Affine: Operation {
  let name: String
  let weight: Parameter
  let bias: Parameter

  private var outputs: Int { weight.shape[0] }
  private var inputs: Int { weight.shape[1] }

  var form: OperationForm {
    var form = OperationForm(name: "Linear \(name)", outputWidth: outputs)
    form.parameters = [weight, bias]
    form.keepsInputs = true
    form.cost = OperationCost(
      forwardFlops: (2 * inputs + 1) * outputs, backwardFlops: (4 * inputs + 1) * outputs,
      forwardFloats: inputs + outputs, backwardFloats: 2 * (inputs + outputs))
    form.export = [
      ExportNode(
        "Gemm", [.input(0), .parameter(weight), .parameter(bias)],
        attributes: [("transB", .integer(1))])
    ]
    return form
  }

  private func matrix(_ weights: Floats) -> Matrix {
    Matrix(weights, rows: outputs, columns: inputs)
  }

  func forward(_ pass: Pass) {
    Elementwise.fillRows(pass.output, with: pass.parameter(bias))
    BLAS.multiply(
      pass.input(0), matrix(pass.parameter(weight)), transposeB: true, into: pass.output, beta: 1)
  }

  func backward(_ pass: Pass) {
    let gradient = pass.outputGradient
    Elementwise.columnSums(
      of: gradient, into: pass.parameterGradient(bias), beta: pass.parameterFactor)
    BLAS.multiply(
      gradient, pass.input(0), transposeA: true, into: matrix(pass.parameterGradient(weight)),
      beta: pass.parameterFactor)
    BLAS.multiply(
      gradient, matrix(pass.parameter(weight)), into: pass.inputGradient(0),
      beta: pass.accumulates(0) ? 1 : 0)
  }
}
