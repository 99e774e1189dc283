import Graph
import Kernels

/// Bi-interaction pooling, ½ [(Σ_i e_i)² − Σ_i e_i²]: a factorization machine's second-order term
/// before the sum over the coordinates.
///
/// Source: He and Chua, "Neural factorization machines for sparse predictive analytics", SIGIR
/// 2017, equation 4.
public struct BiInteraction: Sendable {
  /// The pooling of vectors that lie side by side.
  public init() {}

  /// One vector, [examples × width], of the vectors of `embedded`, one a field of the schema.
  public func callAsFunction(_ embedded: Node) -> Node {
    let fields = embedded.fieldCount
    return embedded.trace.record(
      PoolPairs(fields: fields, width: embedded.width / fields), embedded)
  }
}

/// ½[(Σe)² − Σe²], coordinate by coordinate.
struct PoolPairs: Operation {
  let fields: Int
  let width: Int

  var form: OperationForm {
    let count = fields * width
    var form = OperationForm(name: "BiInteraction", outputWidth: width)
    form.keepsInputs = true
    form.runsInTiles = true
    form.savedWidth = width
    form.cost = OperationCost(
      forwardFlops: 3 * count, backwardFlops: 2 * count, forwardFloats: count + 2 * width,
      backwardFloats: 2 * count + 2 * width)
    form.export =
      PairwiseSum.differenceOfSquares(fields: fields, width: width) + [
        ExportNode("Mul", [.temporary("difference"), .floats([0.5], shape: [1])])
      ]
    return form
  }

  func forward(_ pass: Pass) {
    SecondOrder.forward(
      pass.input(0), fields: fields, sums: pass.savedRows, intoEach: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    SecondOrder.tangent(
      pass.input(0), along: direction.input(0), fields: fields, sums: pass.savedRows,
      intoEach: direction.output)
  }

  func backward(_ pass: Pass) {
    SecondOrder.backward(
      pass.input(0), fields: fields, sums: pass.savedRows, termGradients: pass.outputGradient,
      into: pass.inputGradient(0), accumulate: pass.accumulates(0))
  }
}
