import Graph
import Kernels

/// Products of all pairs of embedding vectors, each pair with a learned kernel, for i < j in the
/// order (0,1), (0,2), …, (1,2), …
///
/// Names and start values (Xavier-uniform) as torchfm's `OuterProductNetwork`. Source: Qu et al.,
/// "Product-based neural networks for user response prediction", ICDM 2016, section III-D, without
/// the superposition of its equation 14.
public struct OuterProducts: Sendable {
  /// What a pair's kernel is.
  public enum Kernel: String, Sendable, CaseIterable {
    /// A matrix: e_jᵀ K e_i.
    case mat
    /// A vector: Σ_k e_ik e_jk K_k.
    case vec
    /// A number: K · ⟨e_i, e_j⟩.
    case num
  }

  /// What a pair's kernel is.
  public let kernel: Kernel
  /// The name of the kernels.
  public let name: String

  /// Products with kernels of this form.
  public init(kernel: Kernel, name: String = "pn.kernel") {
    self.kernel = kernel
    self.name = name
  }

  /// The products, [examples × pairs], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    precondition(fields >= 2, "pairs need two fields at least")
    let width = embedded.width / fields
    let pairs = fields * (fields - 1) / 2
    switch kernel {
    case .num:
      let weight = parameter(embedded.trace, [pairs, 1], fanIn: 1, fanOut: pairs)
      return embedded.trace.record(
        ScaleColumns(weight: weight), InnerProducts()(embedded))
    case .vec:
      let weight = parameter(embedded.trace, [pairs, width], fanIn: width, fanOut: pairs)
      return embedded.trace.record(
        MultiplyByKernels(fields: fields, width: width, weight: weight), embedded)
    case .mat:
      // As torch counts the sizes of a tensor of three dimensions.
      let weight = parameter(
        embedded.trace, [width, pairs, width], fanIn: pairs * width, fanOut: width * width)
      return embedded.trace.record(
        MultiplyByKernels(fields: fields, width: width, weight: weight), embedded)
    }
  }

  private func parameter(_ trace: Trace, _ shape: [Int], fanIn: Int, fanOut: Int) -> Parameter {
    trace.parameter(
      name, shape: shape,
      initialisation: .uniform(bound: (6 / Float(fanIn + fanOut)).squareRoot()))
  }
}

/// Every column times a number of its own.
struct ScaleColumns: Operation {
  let weight: Parameter

  private var width: Int { weight.count }

  var form: OperationForm {
    var form = OperationForm(name: "ScaleColumns \(weight.name)", outputWidth: width)
    form.parameters = [weight]
    form.keepsInputs = true
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: width, backwardFlops: 4 * width, forwardFloats: 2 * width,
      backwardFloats: 3 * width)
    form.export = [
      ExportNode(
        "Reshape", [.parameter(weight), .integers([width], shape: [1])],
        into: [.temporary("factors")]),
      ExportNode("Mul", [.input(0), .temporary("factors")]),
    ]
    return form
  }

  func forward(_ pass: Pass) {
    ColumnProducts.scale(pass.input(0), by: pass.parameter(weight), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    ColumnProducts.scale(direction.input(0), by: pass.parameter(weight), into: direction.output)
    ColumnProducts.scale(
      pass.input(0), by: direction.parameter(weight), into: direction.output, accumulate: true)
  }

  func backward(_ pass: Pass) {
    ColumnProducts.sums(
      pass.outputGradient, pass.input(0), into: pass.parameterGradient(weight),
      beta: pass.parameterFactor)
    ColumnProducts.scale(
      pass.outputGradient, by: pass.parameter(weight), into: pass.inputGradient(0),
      accumulate: pass.accumulates(0))
  }
}
