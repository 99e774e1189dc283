import Kernels

/// A loss of eight examples with K classes: writes the derivatives, returns the values.
typealias ClassFormula = @Sendable (ClassMargins, ClassSlopes) -> Octet

/// How a loss is computed from K logits and a label in 0 … K − 1.
///
/// In definitions p = softmax(z), c is the label, δ the one-hot vector of c.
struct ClassForm: Sendable {
  /// The definition.
  let definition: String
  /// Parameters that weigh positives against negatives, which K classes do not have.
  let withoutParameters: [String]
  private let make: (@Sendable (_ parameters: [Float?], _ classes: Int) -> ClassFormula)?

  /// A loss with a formula of its own.
  init(
    _ definition: String,
    formula: @escaping @Sendable (_ parameters: [Float?], _ classes: Int) -> ClassFormula
  ) {
    self.definition = definition
    withoutParameters = []
    make = formula
  }

  private init(_ definition: String, without: [String]) {
    self.definition = definition
    withoutParameters = without
    make = nil
  }

  /// A loss that depends on p_c alone: the formula for two classes serves, with p_c for p_t.
  static func ofTrueClass(_ definition: String, without: [String] = []) -> ClassForm {
    ClassForm(definition, without: without)
  }

  /// The formula for K classes; `binary` is the loss's formula for two.
  func formula(
    _ parameters: [Float?], classes: Int, binary: LossKind.Formula?
  ) -> ClassFormula {
    if let make { return make(parameters, classes) }
    guard let binary else {
      preconditionFailure("a loss of the true class needs a formula for two classes")
    }
    return { margins, slopes in
      let slope = binary(margins.margin)
      slopes.spread(slope.derivative, margins)
      return slope.value
    }
  }
}
