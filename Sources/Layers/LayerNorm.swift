import Graph
import Kernels

/// Layer normalisation, and the ReLU that may follow: every vector by its own mean and variance.
///
/// Names as torch's `LayerNorm`, ε = 1e-5. Source: Ba, Kiros and Hinton, "Layer normalization",
/// 2016.
public struct LayerNorm: Sendable {
  /// The first part of the names of scale and shift.
  public let name: String
  /// Whether negative results become 0.
  public let rectifies: Bool

  /// A normalisation, followed by a ReLU if it `rectifies`.
  public init(name: String, rectifies: Bool = false) {
    self.name = name
    self.rectifies = rectifies
  }

  /// `x` normalised as one vector.
  public func callAsFunction(_ x: Node) -> Node { record(x, vectors: 1) }

  /// Each of the vectors of `x` normalised by itself, one a field of the schema, with scale and
  /// shift of its own.
  public func eachField(of x: Node) -> Node { record(x, vectors: x.fieldCount) }

  private func record(_ x: Node, vectors: Int) -> Node {
    let trace = x.trace
    return trace.record(
      NormaliseVectors(
        vectors: vectors, rectifies: rectifies,
        gamma: trace.parameter(
          "\(name).weight", shape: [x.width], initialisation: .constant(1)),
        beta: trace.parameter("\(name).bias", shape: [x.width], initialisation: .zeros)), x)
  }
}

/// Normalises the vectors of every row.
struct NormaliseVectors: Operation {
  let vectors: Int
  let rectifies: Bool
  let gamma: Parameter
  let beta: Parameter

  private var all: Int { gamma.count }
  private var width: Int { all / vectors }

  var form: OperationForm {
    var form = OperationForm(
      name: "LayerNorm\(rectifies ? "+ReLU" : "") \(gamma.name)", outputWidth: all)
    form.parameters = [gamma, beta]
    form.keepsInputs = true
    form.keepsOutput = rectifies
    form.runsInTiles = true
    form.savedWidth = 2 * vectors
    form.cost = OperationCost(
      forwardFlops: 8 * all, backwardFlops: 15 * all, forwardFloats: 2 * all,
      backwardFloats: 4 * all)
    form.export = export
    return form
  }

  private var export: [ExportNode] {
    let shape = ExportNode.Value.integers([-1, vectors, width], shape: [3])
    let ones = ExportNode.Value.floats(Array(repeating: 1, count: width), shape: [width])
    let shifted: ExportNode.Value = rectifies ? .temporary("shifted") : .output
    var nodes = [
      ExportNode("Reshape", [.input(0), shape], into: [.temporary("vectors")]),
      ExportNode(
        "LayerNormalization", [.temporary("vectors"), ones], into: [.temporary("normal")],
        attributes: [("axis", .integer(-1)), ("epsilon", .float(Normalisation.epsilon))]),
      ExportNode(
        "Flatten", [.temporary("normal")], into: [.temporary("flat")],
        attributes: [("axis", .integer(1))]),
      ExportNode("Mul", [.temporary("flat"), .parameter(gamma)], into: [.temporary("scaled")]),
      ExportNode("Add", [.temporary("scaled"), .parameter(beta)], into: [shifted]),
    ]
    if rectifies { nodes.append(ExportNode("Relu", [shifted])) }
    return nodes
  }

  private func normalisation(_ pass: Pass) -> VectorNormalisation {
    VectorNormalisation(
      gamma: pass.parameter(gamma), beta: pass.parameter(beta), width: width,
      rectifies: rectifies)
  }

  func forward(_ pass: Pass) {
    normalisation(pass).forward(pass.input(0), statistics: pass.savedRows, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    normalisation(pass).tangent(
      pass.input(0), y: pass.output, statistics: pass.savedRows,
      along: VectorNormalisation.Motion(
        x: direction.input(0), gamma: direction.parameter(gamma),
        beta: direction.parameter(beta)),
      into: direction.output)
  }

  func backward(_ pass: Pass) {
    let gammaGradient = pass.parameterGradient(gamma)
    let betaGradient = pass.parameterGradient(beta)
    if pass.parameterFactor == 0 {
      gammaGradient.fill(0)
      betaGradient.fill(0)
    }
    normalisation(pass).backward(
      pass.input(0), y: pass.output, statistics: pass.savedRows,
      outputGradient: pass.outputGradient,
      into: VectorNormalisation.Gradients(
        gamma: gammaGradient, beta: betaGradient, x: pass.inputGradient(0),
        accumulates: pass.accumulates(0)))
  }
}
