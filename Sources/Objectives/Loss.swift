/// A candidate loss with its parameters: a function of a label in {0, 1} and one logit, or of one
/// of K classes and K logits, or of the examples of a slice together.
///
/// Written as a name and parameters, `focal:gamma=2,alpha=0.25`; what is left out has its default.
/// Every loss is computed from the logits, finite for |z| up to 10⁴ and never negative: with a
/// negative one among the candidates, Σ p_i ℓ_i is least where that one is always chosen.
public struct Loss: Sendable {
  /// The row of the table this loss comes from.
  public let kind: LossKind
  /// The value of each parameter, in the order of `kind.parameters`; nil is "off".
  public let parameters: [Float?]
  /// The formula for one logit, or its part of a loss that compares examples; nil for a loss that
  /// needs more classes.
  let formula: LossKind.Formula?
  /// The formula for the examples of a slice together; nil for a loss of single examples.
  let sliceFormula: (any SliceFormula)?

  /// A loss from its name and parameters, `name` or `name:parameter=value,…`.
  ///
  /// Throws a `LossError` that lists what exists and suggests the nearest name.
  public init(_ text: String) throws(LossError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let kind = LossKind.all.first(where: { $0.name == name }) else {
      throw .unknownLoss(name)
    }
    var parameters = kind.parameters.map(\.defaultValue)
    if parts.count == 2 {
      try Self.assign(String(parts[1]), of: kind, to: &parameters)
    }
    self.init(kind, parameters)
  }

  /// A loss with its usual parameters.
  init(_ kind: LossKind) { self.init(kind, kind.parameters.map(\.defaultValue)) }

  private init(_ kind: LossKind, _ parameters: [Float?]) {
    self.kind = kind
    self.parameters = parameters
    formula = kind.formula?(parameters)
    sliceFormula = kind.sliceFormula?(parameters)
  }

  /// Throws unless the loss can be computed where labels are of so many classes; 2 means one logit.
  public func check(classes: Int) throws(LossError) {
    guard classes > 2 else {
      if kind.definition == nil { throw .needsClasses(loss: kind.name) }
      return
    }
    guard let form = kind.classForm else { throw .binaryOnly(loss: kind.name) }
    for (parameter, value) in zip(kind.parameters, parameters)
    where value != nil && form.withoutParameters.contains(parameter.name) {
      throw .binaryParameter(loss: kind.name, name: parameter.name)
    }
  }

  /// The formula for K logits; traps where `check` throws.
  func classFormula(_ classes: Int) -> ClassFormula {
    guard let form = kind.classForm else {
      preconditionFailure("\(kind.name) has no form for \(classes) classes")
    }
    return form.formula(parameters, classes: classes, binary: formula)
  }

  /// The candidates of the paper's experiments, in this order: focal, KL, hinge, cross entropy.
  ///
  /// Source: Zhao et al., "AutoLoss", KDD 2021, §4.2.
  public static let paperCandidates: [Loss] =
    [LossKind.focal, .kullbackLeibler, .hinge, .crossEntropy].map { Loss($0) }

  /// Cross entropy with its usual parameters.
  public static let crossEntropy = Loss(.crossEntropy)

  /// The logistic loss of the pairs of a slice.
  public static let pairLogistic = Loss(.pairLogistic)

  /// The losses written in `text`, separated by spaces: the form of command lines.
  /// Throws as `init(_:)` does.
  public static func list(_ text: String) throws(LossError) -> [Loss] {
    var losses: [Loss] = []
    for word in text.split(separator: " ") {
      losses.append(try Loss(String(word)))
    }
    return losses
  }

  private static func assign(
    _ text: String, of kind: LossKind, to parameters: inout [Float?]
  ) throws(LossError) {
    var seen: Set<Int> = []
    for assignment in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = assignment.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2 else {
        throw .malformed(loss: kind.name, text: String(assignment))
      }
      let name = String(sides[0])
      guard let index = kind.parameters.firstIndex(where: { $0.name == name }) else {
        throw .unknownParameter(loss: kind.name, name: name)
      }
      guard seen.insert(index).inserted else {
        throw .repeatedParameter(loss: kind.name, name: name)
      }
      let parameter = kind.parameters[index]
      guard let value = Float(sides[1]), parameter.range.contains(value) else {
        throw .badValue(loss: kind.name, parameter: name, value: String(sides[1]))
      }
      parameters[index] = value
    }
  }
}

extension Loss: CustomStringConvertible, Hashable {
  /// The shortest text that `init(_:)` reads as this loss.
  public var description: String {
    var assignments: [String] = []
    for (parameter, value) in zip(kind.parameters, parameters) {
      guard let value, value != parameter.defaultValue else { continue }
      let whole = Int(exactly: value).map(String.init)
      assignments.append("\(parameter.name)=\(whole ?? String(value))")
    }
    return assignments.isEmpty
      ? kind.name : "\(kind.name):\(assignments.joined(separator: ","))"
  }

  /// Same name, same parameters.
  public static func == (first: Loss, second: Loss) -> Bool {
    first.kind.name == second.kind.name && first.parameters == second.parameters
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind.name)
    hasher.combine(parameters)
  }
}
