import Graph
import Kernels

/// Batch normalisation, and the ReLU and dropout that usually follow, in one operation.
///
/// In training the slice is the group: its mean and biased variance normalise, ε = 1e-5; its mean
/// and unbiased variance go to `batchStatistics`, from which the trainer makes the running ones.
/// In evaluation the running statistics normalise and nothing is dropped. Source: Ioffe and
/// Szegedy, ICML 2015; names and rules as torch's `BatchNorm1d`.
public struct BatchNorm: Sendable {
  /// The first part of the names of scale, shift and statistics.
  public let name: String
  /// Whether negative results become 0.
  public let rectifies: Bool
  /// The part of the results that training drops; needs the ReLU.
  public let dropout: Float

  /// A normalisation, followed by a ReLU if it `rectifies`, followed by dropout.
  public init(name: String, rectifies: Bool = false, dropout: Float = 0) {
    precondition(dropout >= 0 && dropout < 1, "a dropout rate lies in [0, 1), not \(dropout)")
    precondition(rectifies || dropout == 0, "dropout in a batch normalisation needs its ReLU")
    self.name = name
    self.rectifies = rectifies
    self.dropout = dropout
  }

  /// The normalised values, of the width of `x`.
  public func callAsFunction(_ x: Node) -> Node {
    let trace = x.trace
    let width = x.width
    return trace.record(
      NormaliseColumns(
        layer: self,
        gamma: trace.parameter("\(name).weight", shape: [width], initialisation: .constant(1)),
        beta: trace.parameter("\(name).bias", shape: [width], initialisation: .zeros),
        mean: trace.statistic("\(name).running_mean", width: width, startValue: 0),
        variance: trace.statistic("\(name).running_var", width: width, startValue: 1),
        firstBlock: dropout > 0 ? trace.reserveDropout(width: width) : 0), x)
  }
}

/// Normalises the columns of a slice.
struct NormaliseColumns: Operation {
  let layer: BatchNorm
  let gamma: Parameter
  let beta: Parameter
  let mean: Statistic
  let variance: Statistic
  let firstBlock: Int

  private var width: Int { gamma.count }

  var form: OperationForm {
    let name = "BatchNorm\(layer.rectifies ? "+ReLU" : "")\(layer.dropout > 0 ? "+Dropout" : "")"
    var form = OperationForm(name: "\(name) \(layer.name)", outputWidth: width)
    form.parameters = [gamma, beta]
    form.keepsInputs = true
    form.keepsOutput = true
    form.savedCount = 2 * width
    form.cost = OperationCost(
      forwardFlops: 9 * width, backwardFlops: 13 * width, forwardFloats: 4 * width,
      backwardFloats: 7 * width)
    let normalised: ExportNode.Value = layer.rectifies ? .temporary("normalised") : .output
    form.export = [
      ExportNode(
        "BatchNormalization",
        [
          .input(0), .parameter(gamma), .parameter(beta), .statistic(mean), .statistic(variance),
        ], into: [normalised],
        attributes: [("epsilon", .float(Normalisation.epsilon))])
    ]
    if layer.rectifies { form.export.append(ExportNode("Relu", [normalised])) }
    return form
  }

  private func normalisation(_ pass: Pass) -> Normalisation {
    Normalisation(
      gamma: pass.parameter(gamma), beta: pass.parameter(beta),
      mean: pass.saved.slice(0, width), inverse: pass.saved.slice(width, width),
      rectifies: layer.rectifies)
  }

  private func motion(_ direction: Pass) -> Normalisation.Motion {
    Normalisation.Motion(
      x: direction.input(0), gamma: direction.parameter(gamma), beta: direction.parameter(beta))
  }

  private func usesBatch(_ pass: Pass) -> Bool {
    if case .training = pass.mode { true } else { false }
  }

  private func mask(_ pass: Pass) -> DropoutMask? {
    pass.dropoutMask(rate: layer.dropout, firstBlock: firstBlock)
  }

  func forward(_ pass: Pass) {
    let normalisation = normalisation(pass)
    if case .training = pass.mode {
      normalisation.useBatch(
        pass.input(0), batchMean: pass.batchStatistic(mean),
        batchVariance: pass.batchStatistic(variance))
    } else {
      normalisation.useRunning(mean: pass.statistic(mean), variance: pass.statistic(variance))
    }
    normalisation.forward(pass.input(0), dropout: mask(pass), into: pass.output)
  }

  func tangent(_ pass: Pass, along direction: Pass) {
    normalisation(pass).tangent(
      x: pass.input(0), y: pass.output, along: motion(direction), usesBatch: usesBatch(pass),
      dropScale: mask(pass)?.scale ?? 1, into: direction.output)
  }

  func backward(_ pass: Pass) {
    normalisation(pass).backward(
      x: pass.input(0), y: pass.output, outputGradient: pass.outputGradient,
      usesBatch: usesBatch(pass), dropScale: mask(pass)?.scale ?? 1,
      parameters: Normalisation.ParameterGradients(
        gamma: pass.parameterGradient(gamma), beta: pass.parameterGradient(beta),
        factor: pass.parameterFactor),
      into: pass.inputGradient(0), accumulate: pass.accumulates(0))
  }
}

extension NormaliseColumns: CurvedOperation {
  func gradientTangent(_ pass: Pass, along direction: Pass) {
    normalisation(pass).gradientTangent(
      x: pass.input(0), y: pass.output, outputGradient: pass.outputGradient,
      along: motion(direction), gradientMotion: direction.outputGradient,
      usesBatch: usesBatch(pass), dropScale: mask(pass)?.scale ?? 1,
      parameters: Normalisation.ParameterGradients(
        gamma: direction.parameterGradient(gamma), beta: direction.parameterGradient(beta),
        factor: direction.parameterFactor),
      into: direction.inputGradient(0), accumulate: direction.accumulates(0))
  }
}
