import Graph
import Kernels

/// The second-order term of a factorization machine, ½ Σ_k [(Σ_i e_ik)² − Σ_i e_ik²].
///
/// Source: Rendle, "Factorization machines", ICDM 2010, lemma 3.1.
public struct FactorizationMachine: Sendable {
  /// The term of vectors that lie side by side.
  public init() {}

  /// The term, [examples × 1], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    return embedded.trace.record(
      PairwiseSum(fields: fields, width: embedded.width / fields), embedded)
  }
}

extension Node {
  /// The number of vectors, one a field of the schema, that lie side by side in this value.
  var fieldCount: Int {
    guard let schema = trace.schema else {
      preconditionFailure("the network has no categorical fields")
    }
    precondition(
      width.isMultiple(of: schema.fieldCount), "the value does not hold one vector a field")
    return schema.fieldCount
  }
}

/// ½[(Σe)² − Σe²] over the vectors of a row.
struct PairwiseSum: Operation {
  let fields: Int
  let width: Int

  var form: OperationForm {
    let count = fields * width
    var form = OperationForm(name: "FactorizationMachine", outputWidth: 1)
    form.keepsInputs = true
    form.runsInTiles = true
    form.savedWidth = width
    form.cost = OperationCost(
      forwardFlops: 3 * count, backwardFlops: 3 * count, forwardFloats: count + width,
      backwardFloats: 3 * count + width)
    form.export =
      Self.differenceOfSquares(fields: fields, width: width) + [
        ExportNode(
          "ReduceSum", [.temporary("difference"), .integers([1], shape: [1])],
          into: [.temporary("total")], attributes: [("keepdims", .integer(1))]),
        ExportNode("Mul", [.temporary("total"), .floats([0.5], shape: [1])]),
      ]
    return form
  }

  /// The nodes that make "difference", (Σe)² − Σe², of vectors side by side.
  static func differenceOfSquares(fields: Int, width: Int) -> [ExportNode] {
    let vectors = ExportNode.Value.temporary("vectors")
    let axis = ExportNode.Value.integers([1], shape: [1])
    return [
      ExportNode(
        "Reshape", [.input(0), .integers([-1, fields, width], shape: [3])], into: [vectors]),
      ExportNode(
        "ReduceSum", [vectors, axis], into: [.temporary("sum")],
        attributes: [("keepdims", .integer(0))]),
      ExportNode(
        "Mul", [.temporary("sum"), .temporary("sum")], into: [.temporary("squareOfSum")]),
      ExportNode("Mul", [vectors, vectors], into: [.temporary("squares")]),
      ExportNode(
        "ReduceSum", [.temporary("squares"), axis], into: [.temporary("sumOfSquares")],
        attributes: [("keepdims", .integer(0))]),
      ExportNode(
        "Sub", [.temporary("squareOfSum"), .temporary("sumOfSquares")],
        into: [.temporary("difference")]),
    ]
  }

  func forward(_ pass: Pass) {
    SecondOrder.forward(pass.input(0), fields: fields, sums: pass.savedRows, into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    SecondOrder.tangent(
      pass.input(0), along: direction.input(0), fields: fields, sums: pass.savedRows,
      intoEach: direction.savedRows)
    SegmentSums.forward(direction.savedRows, width: width, into: direction.output)
  }

  func backward(_ pass: Pass) {
    SecondOrder.backward(
      pass.input(0), fields: fields, sums: pass.savedRows, termGradient: pass.outputGradient,
      into: pass.inputGradient(0), accumulate: pass.accumulates(0))
  }
}
