import Graph
import Kernels

/// max(0, x), and the dropout that usually follows: what stands in for a batch normalisation with
/// ReLU where nothing is to be normalised.
public struct Rectifier: Sendable {
  /// The part of the results that training drops.
  public let dropout: Float

  /// A ReLU, followed by dropout.
  public init(dropout: Float = 0) {
    precondition(dropout >= 0 && dropout < 1, "a dropout rate lies in [0, 1), not \(dropout)")
    self.dropout = dropout
  }

  /// The rectified values, of the width of `x`.
  public func callAsFunction(_ x: Node) -> Node {
    let firstBlock = dropout > 0 ? x.trace.reserveDropout(width: x.width) : 0
    return x.trace.record(
      RectifyColumns(width: x.width, dropout: dropout, firstBlock: firstBlock), x)
  }
}

/// A normalisation that changes nothing, with its ReLU and dropout.
struct RectifyColumns: Operation {
  let width: Int
  let dropout: Float
  let firstBlock: Int
  private let ones: Floats
  private let zeros: Floats

  init(width: Int, dropout: Float, firstBlock: Int) {
    self.width = width
    self.dropout = dropout
    self.firstBlock = firstBlock
    ones = Floats([Float](repeating: 1, count: width))
    zeros = Floats(count: width)
  }

  var form: OperationForm {
    var form = OperationForm(name: "ReLU\(dropout > 0 ? "+Dropout" : "")", outputWidth: width)
    form.keepsInputs = true
    form.keepsOutput = true
    form.scratchCount = 2 * width
    form.cost = OperationCost(
      forwardFlops: width, backwardFlops: width, forwardFloats: 2 * width,
      backwardFloats: 3 * width)
    form.export = [ExportNode("Relu", [.input(0)])]
    return form
  }

  private var normalisation: Normalisation {
    Normalisation(gamma: ones, beta: zeros, mean: zeros, inverse: ones, rectifies: true)
  }

  private func mask(_ pass: Pass) -> DropoutMask? {
    guard case .training(let randomness, let firstExample) = pass.mode, dropout > 0 else {
      return nil
    }
    return DropoutMask(
      rate: dropout, randomness: randomness, firstExample: firstExample, firstBlock: firstBlock)
  }

  func forward(_ pass: Pass) {
    normalisation.forward(pass.input(0), dropout: mask(pass), into: pass.output)
  }

  func backward(_ pass: Pass) {
    // Scale and shift are constants: their gradients go nowhere.
    normalisation.backward(
      x: pass.input(0), y: pass.output, outputGradient: pass.outputGradient, usesBatch: false,
      dropScale: mask(pass)?.scale ?? 1,
      parameters: Normalisation.ParameterGradients(
        gamma: pass.scratch.slice(0, width), beta: pass.scratch.slice(width, width), factor: 0),
      into: pass.inputGradient(0), accumulate: pass.accumulates(0))
  }
}
