import Graph
import Kernels

/// A linear layer, y = x·Wᵀ + b.
///
/// Weights and bias start as torch's `nn.Linear`: U(±1/√inputs).
public struct Linear: Sendable {
  /// How many numbers come out per example, or per vector.
  public let outputs: Int
  /// The first part of the names of weight and bias.
  public let name: String
  /// Whether there is a b.
  public let hasBias: Bool

  /// A layer with this many outputs.
  public init(outputs: Int, name: String, hasBias: Bool = true) {
    precondition(outputs > 0, "a linear layer needs one output at least")
    self.outputs = outputs
    self.name = name
    self.hasBias = hasBias
  }

  /// y, [examples × outputs].
  public func callAsFunction(_ x: Node) -> Node { record(x, vectors: 1) }

  /// The layer applied to each of the vectors of `x`, one a field of the schema:
  /// [examples × fields · outputs].
  public func eachField(of x: Node) -> Node { record(x, vectors: x.fieldCount) }

  private func record(_ x: Node, vectors: Int) -> Node {
    let inputs = x.width / vectors
    let initialisation = Initialisation.uniform(bound: 1 / Float(inputs).squareRoot())
    let weight = x.trace.parameter(
      "\(name).weight", shape: [outputs, inputs], initialisation: initialisation)
    let bias =
      hasBias
      ? x.trace.parameter("\(name).bias", shape: [outputs], initialisation: initialisation) : nil
    return x.trace.record(
      Affine(name: name, weight: weight, bias: bias, vectors: vectors), x)
  }
}

/// A product with a matrix, and a bias added to each row: of an example, or of each of some vectors
/// that lie side by side.
struct Affine: Operation {
  let name: String
  let weight: Parameter
  let bias: Parameter?
  var vectors = 1

  private var outputs: Int { weight.shape[0] }
  private var inputs: Int { weight.shape[1] }

  var form: OperationForm {
    var form = OperationForm(name: "Linear \(name)", outputWidth: vectors * outputs)
    form.parameters = bias.map { [weight, $0] } ?? [weight]
    form.keepsInputs = true
    // The vectors of a tile make enough rows for a product.
    form.runsInTiles = vectors >= 8
    let biasFlops = bias == nil ? 0 : outputs
    form.cost = OperationCost(
      forwardFlops: vectors * (2 * inputs * outputs + biasFlops),
      backwardFlops: vectors * (4 * inputs * outputs + biasFlops),
      forwardFloats: vectors * (inputs + outputs),
      backwardFloats: 2 * vectors * (inputs + outputs))
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    let isWhole = vectors == 1
    var factors = [isWhole ? ExportNode.Value.input(0) : .temporary("vectors")]
    factors.append(.parameter(weight))
    if let bias { factors.append(.parameter(bias)) }
    let product = ExportNode(
      "Gemm", factors, into: [isWhole ? .output : .temporary("products")],
      attributes: [("transB", .integer(1))])
    if isWhole { return [product] }
    func reshape(
      _ value: ExportNode.Value, _ columns: Int, into result: ExportNode.Value
    ) -> ExportNode {
      ExportNode("Reshape", [value, .integers([-1, columns], shape: [2])], into: [result])
    }
    return [
      reshape(.input(0), inputs, into: .temporary("vectors")), product,
      reshape(.temporary("products"), vectors * outputs, into: .output),
    ]
  }

  private func matrix(_ weights: Floats) -> Matrix {
    Matrix(weights, rows: outputs, columns: inputs)
  }

  func forward(_ pass: Pass) {
    forBlocks(pass, pass.input(0), pass.output) { first, rows in
      let x = pass.input(0).rows(first, rows).vectors(of: inputs)
      let y = pass.output.rows(first, rows).vectors(of: outputs)
      if let bias { Elementwise.fillRows(y, with: pass.parameter(bias)) }
      BLAS.multiply(
        x, matrix(pass.parameter(weight)), transposeB: true, into: y, beta: bias == nil ? 0 : 1)
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    forBlocks(pass, pass.input(0), pass.output) { first, rows in
      let velocity = direction.output.rows(first, rows).vectors(of: outputs)
      if let bias { Elementwise.fillRows(velocity, with: direction.parameter(bias)) }
      BLAS.multiply(
        direction.input(0).rows(first, rows).vectors(of: inputs), matrix(pass.parameter(weight)),
        transposeB: true, into: velocity, beta: bias == nil ? 0 : 1)
      BLAS.multiply(
        pass.input(0).rows(first, rows).vectors(of: inputs), matrix(direction.parameter(weight)),
        transposeB: true, into: velocity, beta: 1)
    }
  }

  func backward(_ pass: Pass) {
    let isGapless = pass.outputGradient.isGapless && pass.inputGradient(0).isGapless
    forBlocks(pass, pass.input(0), pass.output, isGapless) { first, rows in
      let factor = first == 0 ? pass.parameterFactor : 1
      let gradient = pass.outputGradient.rows(first, rows).vectors(of: outputs)
      if let bias {
        Elementwise.columnSums(of: gradient, into: pass.parameterGradient(bias), beta: factor)
      }
      BLAS.multiply(
        gradient, pass.input(0).rows(first, rows).vectors(of: inputs), transposeA: true,
        into: matrix(pass.parameterGradient(weight)), beta: factor)
      BLAS.multiply(
        gradient, matrix(pass.parameter(weight)),
        into: pass.inputGradient(0).rows(first, rows).vectors(of: inputs),
        beta: pass.accumulates(0) ? 1 : 0)
    }
  }

  /// All examples together, or one by one where several vectors lie in rows with gaps.
  private func forBlocks(
    _ pass: Pass, _ x: Matrix, _ y: Matrix, _ isGapless: Bool = true,
    _ body: (_ first: Int, _ rows: Int) -> Void
  ) {
    let isWhole = vectors == 1 || (isGapless && x.isGapless && y.isGapless)
    if isWhole { return body(0, pass.rows) }
    for row in 0..<pass.rows { body(row, 1) }
  }
}

extension Affine: CurvedOperation {
  func gradientTangent(_ pass: Pass, along direction: Pass) {
    precondition(vectors == 1, "the gradient of a layer of several vectors is not differentiated")
    let (gradient, motion) = (pass.outputGradient, direction.outputGradient)
    let factor = direction.parameterFactor
    if let bias {
      Elementwise.columnSums(
        of: motion, into: direction.parameterGradient(bias), beta: factor)
    }
    let weightGradient = matrix(direction.parameterGradient(weight))
    BLAS.multiply(motion, pass.input(0), transposeA: true, into: weightGradient, beta: factor)
    BLAS.multiply(gradient, direction.input(0), transposeA: true, into: weightGradient, beta: 1)
    let target = direction.inputGradient(0)
    BLAS.multiply(
      motion, matrix(pass.parameter(weight)), into: target,
      beta: direction.accumulates(0) ? 1 : 0)
    BLAS.multiply(gradient, matrix(direction.parameter(weight)), into: target, beta: 1)
  }
}
