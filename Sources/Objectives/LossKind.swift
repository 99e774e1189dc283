/// A row of the table of losses: what `autoloss losses` prints, and the formula itself.
public struct LossKind: Sendable {
  typealias Formula = @Sendable (Margin) -> Slope

  /// A number that shapes a loss.
  public struct Parameter: Sendable {
    /// The name before the equals sign.
    public let name: String
    /// What it has when it is not written; nil means "off".
    public let defaultValue: Float?
    /// What is accepted.
    public let range: ClosedRange<Float>
    /// What it does, in a few words.
    public let meaning: String

    init(
      _ name: String, _ defaultValue: Float?, _ range: ClosedRange<Float>, _ meaning: String
    ) {
      self.name = name
      self.defaultValue = defaultValue
      self.range = range
      self.meaning = meaning
    }
  }

  /// The name that configurations use.
  public let name: String
  /// The definition for one logit and labels 0 and 1, in terms of p_t = σ(s), q_t = 1 − p_t,
  /// s = (2y − 1)z; nil for a loss that needs more classes.
  public let definition: String?
  /// Where it comes from.
  public let source: String
  /// Its parameters, in order.
  public let parameters: [Parameter]
  /// Of a loss that compares examples, the part of each by itself.
  let formula: (@Sendable (_ parameters: [Float?]) -> Formula)?
  let classForm: ClassForm?
  let sliceFormula: (@Sendable (_ parameters: [Float?]) -> any SliceFormula)?

  /// Whether the loss of an example depends on the other examples of its slice.
  public var comparesExamples: Bool { sliceFormula != nil }

  /// The definition for K logits and labels 0 … K − 1, in terms of p = softmax(z), the label c and
  /// its one-hot vector δ; nil for a loss that has none.
  public var classDefinition: String? { classForm?.definition }

  init(
    _ name: String, _ definition: String, source: String, _ parameters: [Parameter] = [],
    classes: ClassForm? = nil, formula: @escaping @Sendable ([Float?]) -> Formula
  ) {
    self.name = name
    self.definition = definition
    self.source = source
    self.parameters = parameters
    self.formula = formula
    classForm = classes
    sliceFormula = nil
  }

  /// A loss of the examples of a slice together, with labels 0 and 1: α·ce + (1 − α)·`definition`.
  ///
  /// α, `alpha` unless it is written, is the last parameter; `slice` makes what is compared from
  /// its share 1 − α and all parameters.
  init(
    _ name: String, _ definition: String, source: String, _ parameters: [Parameter] = [],
    alpha: Float, slice: @escaping @Sendable (_ share: Float, [Float?]) -> any SliceFormula
  ) {
    self.name = name
    self.definition = "α·ce + (1 − α)·" + definition
    self.source = source
    self.parameters =
      parameters + [
        Parameter("alpha", alpha, 0...1, "α: how much calibration counts against ranking")
      ]
    let calibration = { @Sendable (parameters: [Float?]) -> Float in
      parameters.last.flatMap(\.self) ?? alpha
    }
    formula = { parameters in
      let alpha = calibration(parameters)
      return { Slope(value: $0.surprise * alpha, derivative: $0.wrong * -alpha) }
    }
    classForm = nil
    sliceFormula = { slice(1 - calibration($0), $0) }
  }

  /// A loss without parameters that needs K classes.
  init(_ name: String, source: String, classes: ClassForm) {
    self.name = name
    definition = nil
    self.source = source
    parameters = []
    formula = nil
    classForm = classes
    sliceFormula = nil
  }

  /// Every loss, in the order of the manual.
  public static let all: [LossKind] = [
    crossEntropy, smoothedCrossEntropy, focal, hinge, probabilityHinge, tanhHinge, squaredHinge,
    kullbackLeibler, reverseKullbackLeibler, squaredError, absoluteError, generalizedCrossEntropy,
    symmetricCrossEntropy, polyOne, asymmetric, ordinalSquaredError, ordinalAbsoluteError,
    ordinalCrossEntropy, pairLogistic, pairHinge, listCrossEntropy, jointRanking,
  ]
}
