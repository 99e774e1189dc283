import Graph
import Kernels

/// Dropout alone: training drops a part of the values and scales the others up, evaluation passes
/// them on.
///
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, JMLR 2014.
public struct Dropout: Sendable {
  /// The part of the values that training drops.
  public let rate: Float

  /// Drops a part of `rate`; with 0 the layer is no operation at all.
  public init(_ rate: Float) {
    precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), not \(rate)")
    self.rate = rate
  }

  /// What is kept, of the width of `x`.
  public func callAsFunction(_ x: Node) -> Node {
    if rate == 0 { return x }
    return x.trace.record(
      DropColumns(
        width: x.width, rate: rate, firstBlock: x.trace.reserveDropout(width: x.width)), x)
  }
}

/// Multiplies the values of a slice by a mask.
struct DropColumns: Operation {
  let width: Int
  let rate: Float
  let firstBlock: Int

  var form: OperationForm {
    var form = OperationForm(name: "Dropout", outputWidth: width)
    form.runsInTiles = true
    form.cost = OperationCost(
      forwardFlops: width, backwardFlops: width, forwardFloats: 2 * width,
      backwardFloats: 2 * width)
    form.export = [ExportNode("Identity", [.input(0)])]
    return form
  }

  func forward(_ pass: Pass) {
    if let mask = pass.dropoutMask(rate: rate, firstBlock: firstBlock) {
      mask.apply(pass.input(0), into: pass.output)
    } else {
      Elementwise.copy(pass.input(0), into: pass.output)
    }
  }

  func tangent(_ pass: Pass, along direction: Pass) { forward(direction) }

  func backward(_ pass: Pass) {
    let (gradient, accumulate) = (pass.inputGradient(0), pass.accumulates(0))
    if let mask = pass.dropoutMask(rate: rate, firstBlock: firstBlock) {
      mask.apply(pass.outputGradient, into: gradient, accumulate: accumulate)
    } else {
      Elementwise.copy(pass.outputGradient, into: gradient, accumulate: accumulate)
    }
  }
}

extension DropColumns: CurvedOperation {
  func gradientTangent(_ pass: Pass, along direction: Pass) { backward(direction) }
}

extension Pass {
  /// The mask, from row `row` on, of a dropout whose blocks start at `firstBlock`; nil where
  /// nothing is dropped.
  func dropoutMask(rate: Float, firstBlock: Int, row: Int = 0) -> DropoutMask? {
    guard case .training(let randomness, let firstExample) = mode, rate > 0 else { return nil }
    return DropoutMask(
      rate: rate, randomness: randomness, firstExample: firstExample + row,
      firstBlock: firstBlock)
  }
}
