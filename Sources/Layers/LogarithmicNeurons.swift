import Graph
import Kernels

/// Logarithmic neurons: products of powers of the embedding vectors, with learned exponents.
///
///     y_n = relu(expm1(Σ_i W_ni log1p(|e_i| + 10⁻⁷)))
///
/// Name and start values, U(±1/√F), as torchfm's `LNN`. Source: Cheng, Shen and Huang, "Adaptive
/// factorization network: learning adaptive-order feature interactions", AAAI 2020, equation 8.
public struct LogarithmicNeurons: Sendable {
  /// How many neurons there are.
  public let count: Int
  /// The first part of the name of the exponents.
  public let name: String

  /// This many neurons.
  public init(count: Int, name: String = "LNN") {
    precondition(count > 0, "logarithmic neurons must be one at least")
    self.count = count
    self.name = name
  }

  /// One vector a neuron side by side, of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    let weight = embedded.trace.parameter(
      "\(name).weight", shape: [count, fields],
      initialisation: .uniform(bound: 1 / Float(fields).squareRoot()))
    let sizes = LogarithmicProducts(
      fields: fields, neurons: count, width: embedded.width / fields)
    return embedded.trace.record(MultiplyPowers(sizes: sizes, weight: weight), embedded)
  }
}

/// Products of powers of a row's vectors.
struct MultiplyPowers: Operation {
  let sizes: LogarithmicProducts
  let weight: Parameter

  var form: OperationForm {
    let (fields, neurons, width) = (sizes.fields, sizes.neurons, sizes.width)
    var form = OperationForm(
      name: "LogarithmicNeurons \(weight.name)", outputWidth: neurons * width)
    form.parameters = [weight]
    form.keepsInputs = true
    form.keepsOutput = true
    form.scratchCount = sizes.scratchCount
    let (sums, ends) = (neurons * fields * width, (neurons + fields) * width)
    form.cost = OperationCost(
      forwardFlops: 2 * sums + 20 * ends, backwardFlops: 4 * sums + 20 * ends,
      forwardFloats: ends, backwardFloats: 3 * ends)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    let one = ExportNode.Value.floats([1], shape: [1])
    let shift = ExportNode.Value.floats([1 + LogarithmicProducts.smallest], shape: [1])
    func node(_ type: String, _ inputs: [ExportNode.Value], _ result: String) -> ExportNode {
      ExportNode(type, inputs, into: [.temporary(result)])
    }
    let shape = ExportNode.Value.integers([-1, sizes.fields, sizes.width], shape: [3])
    return [
      node("Reshape", [.input(0), shape], "vectors"),
      node("Abs", [.temporary("vectors")], "sizes"),
      node("Add", [.temporary("sizes"), shift], "shifted"),
      node("Log", [.temporary("shifted")], "logarithms"),
      node("MatMul", [.parameter(weight), .temporary("logarithms")], "sums"),
      node("Exp", [.temporary("sums")], "powers"),
      node("Sub", [.temporary("powers"), one], "products"),
      node("Relu", [.temporary("products")], "rectified"),
      ExportNode("Flatten", [.temporary("rectified")], attributes: [("axis", .integer(1))]),
    ]
  }

  private func matrix(_ weights: Floats) -> Matrix {
    Matrix(weights, rows: sizes.neurons, columns: sizes.fields)
  }

  func forward(_ pass: Pass) {
    sizes.forward(
      pass.input(0), weight: matrix(pass.parameter(weight)), scratch: pass.scratch,
      into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    sizes.tangent(
      pass.input(0), weight: matrix(pass.parameter(weight)), y: pass.output,
      along: LogarithmicProducts.Motion(
        vectors: direction.input(0), weight: matrix(direction.parameter(weight))),
      scratch: direction.scratch, into: direction.output)
  }

  func backward(_ pass: Pass) {
    sizes.backward(
      pass.input(0), weight: matrix(pass.parameter(weight)), y: pass.output,
      outputGradient: pass.outputGradient, scratch: pass.scratch, into: pass.inputGradient(0),
      accumulate: pass.accumulates(0), weightGradient: matrix(pass.parameterGradient(weight)),
      factor: pass.parameterFactor)
  }
}
