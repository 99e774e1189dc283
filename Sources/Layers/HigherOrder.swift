import Graph
import Kernels

/// The terms of orders 2 to M of a higher-order factorization machine, added up.
///
/// Order m has embedding vectors of its own; its term is Σ_k A_m(e_1k, …, e_Fk), A_m the sum of the
/// products of any m numbers. Source: Blondel, Fujino, Ueda and Ishihata, "Higher-order
/// factorization machines", NIPS 2016, equation 8.
public struct HigherOrder: Sendable {
  /// The highest order M.
  public let order: Int

  /// The terms of orders 2 to `order`.
  public init(order: Int) {
    precondition(order >= 2, "the terms of higher order begin with 2, not \(order)")
    self.order = order
  }

  /// The sum, [examples × 1], of the vectors of `embedded`, one a field of the schema, each the
  /// parts for order 2, 3, … side by side.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    let width = embedded.width / fields
    precondition(
      width.isMultiple(of: order - 1), "a vector does not hold one part for each order")
    return embedded.trace.record(
      AddKernels(AnovaKernels(fields: fields, width: width / (order - 1), order: order)), embedded)
  }
}

/// ANOVA kernels of a row's vectors.
struct AddKernels: Operation {
  let kernels: AnovaKernels

  init(_ kernels: AnovaKernels) { self.kernels = kernels }

  var form: OperationForm {
    let count = kernels.fields * kernels.vectorWidth
    // Two operations for each a_(j,t) with 1 ≤ t ≤ m, four for its adjoint.
    let steps = kernels.fields * kernels.width * (2...kernels.order).reduce(0, +)
    var form = OperationForm(name: "HigherOrder \(kernels.order)", outputWidth: 1)
    form.keepsInputs = true
    form.runsInTiles = true
    form.scratchCount = kernels.scratchCount + count + 1
    form.cost = OperationCost(
      forwardFlops: 2 * steps, backwardFlops: 6 * steps, forwardFloats: count + 1,
      backwardFloats: 2 * count + 1)
    form.export = export
    return form
  }

  func forward(_ pass: Pass) {
    kernels.forward(pass.input(0), scratch: pass.scratch, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    let count = kernels.fields * kernels.vectorWidth
    let memory = direction.scratch
    let one = Matrix(memory.slice(kernels.scratchCount + count, 1), rows: 1, columns: 1)
    let gradient = Matrix(memory.slice(kernels.scratchCount, count), rows: 1, columns: count)
    one.values[0] = 1
    for row in 0..<pass.rows {
      kernels.backward(
        pass.input(0).rows(row, 1), termGradient: one, scratch: memory, into: gradient,
        accumulate: false)
      SegmentProducts.dots(
        gradient, direction.input(0).rows(row, 1), width: count,
        into: direction.output.rows(row, 1))
    }
  }

  func backward(_ pass: Pass) {
    kernels.backward(
      pass.input(0), termGradient: pass.outputGradient, scratch: pass.scratch,
      into: pass.inputGradient(0), accumulate: pass.accumulates(0))
  }
}

extension AddKernels {
  /// Newton's identities: m·A_m = Σ_(i=1…m) (−1)^(i−1) A_(m−i) · Σ_j e_j^i.
  private var export: [ExportNode] {
    let vectors = ExportNode.Value.temporary("vectors")
    var nodes = [
      ExportNode(
        "Reshape",
        [.input(0), .integers([-1, kernels.fields, kernels.vectorWidth], shape: [3])],
        into: [vectors])
    ]
    for degree in 2...kernels.order {
      let start = (degree - 2) * kernels.width
      nodes.append(
        ExportNode(
          "Slice",
          [
            vectors, .integers([start], shape: [1]),
            .integers([start + kernels.width], shape: [1]), .integers([2], shape: [1]),
          ], into: [.temporary("part \(degree)")]))
      nodes += identities(degree)
    }
    let terms = (2...kernels.order).map { ExportNode.Value.temporary("A \($0) of \($0)") }
    nodes.append(ExportNode("Sum", terms, into: [.temporary("terms")]))
    nodes.append(
      ExportNode(
        "ReduceSum", [.temporary("terms"), .integers([1], shape: [1])],
        attributes: [("keepdims", .integer(1))]))
    return nodes
  }

  /// "A m of m" from "part m", by way of the lower kernels of the same numbers.
  private func identities(_ degree: Int) -> [ExportNode] {
    func kernel(_ m: Int) -> ExportNode.Value { .temporary("A \(m) of \(degree)") }
    func power(_ i: Int) -> ExportNode.Value { .temporary("power \(i) of \(degree)") }
    var nodes: [ExportNode] = []
    for i in 1...degree {
      nodes.append(
        ExportNode(
          "Pow", [.temporary("part \(degree)"), .floats([Float(i)], shape: [1])],
          into: [.temporary("powers \(i) of \(degree)")]))
      nodes.append(
        ExportNode(
          "ReduceSum", [.temporary("powers \(i) of \(degree)"), .integers([1], shape: [1])],
          into: [i == 1 ? kernel(1) : power(i)], attributes: [("keepdims", .integer(0))]))
    }
    for m in 2...degree {
      var summands: [ExportNode.Value] = []
      for i in 1...m {
        let sum = i == 1 ? kernel(1) : power(i)
        let summand = ExportNode.Value.temporary("summand \(i) of A \(m) of \(degree)")
        let factor = ExportNode.Value.floats([(i % 2 == 1 ? 1 : -1) / Float(m)], shape: [1])
        if i == m {
          nodes.append(ExportNode("Mul", [sum, factor], into: [summand]))
        } else {
          let product = ExportNode.Value.temporary("product \(i) of A \(m) of \(degree)")
          nodes.append(ExportNode("Mul", [kernel(m - i), sum], into: [product]))
          nodes.append(ExportNode("Mul", [product, factor], into: [summand]))
        }
        summands.append(summand)
      }
      nodes.append(ExportNode("Sum", summands, into: [kernel(m)]))
    }
    return nodes
  }
}
