/// Why a text does not name a loss, or a loss cannot be used.
public enum LossError: Error, Equatable, CustomStringConvertible {
  /// No loss has this name.
  case unknownLoss(String)
  /// The loss has no such parameter.
  case unknownParameter(loss: String, name: String)
  /// The parameter is written twice.
  case repeatedParameter(loss: String, name: String)
  /// Something after the colon is not `parameter=value`.
  case malformed(loss: String, text: String)
  /// The value is not a number, or outside the parameter's range.
  case badValue(loss: String, parameter: String, value: String)
  /// The loss is defined for labels 0 and 1 only, and the data has more classes.
  case binaryOnly(loss: String)
  /// The parameter weighs labels 0 and 1, and the data has more classes.
  case binaryParameter(loss: String, name: String)
  /// The loss is defined for more than two classes only.
  case needsClasses(loss: String)

  /// One sentence: what was wrong, what exists, what was probably meant.
  public var description: String {
    switch self {
    case .unknownLoss(let name):
      let names = LossKind.all.map(\.name)
      return "there is no loss \"\(name)\"\(Spelling.hint(name, names)); the losses are "
        + names.joined(separator: ", ")
    case .unknownParameter(let loss, let name):
      let names = Self.parameters(of: loss).map(\.name)
      let known = names.isEmpty ? "it has none" : "it has " + names.joined(separator: ", ")
      return "loss \"\(loss)\" has no parameter \"\(name)\"\(Spelling.hint(name, names)); \(known)"
    case .repeatedParameter(let loss, let name):
      return "loss \"\(loss)\": parameter \"\(name)\" is given twice; give it once"
    case .malformed(let loss, let text):
      return "loss \"\(loss)\": \"\(text)\" is not parameter=value; write for example "
        + "focal:gamma=2,alpha=0.25"
    case .badValue(let loss, let parameter, let value):
      let range = Self.parameters(of: loss).first { $0.name == parameter }?.range ?? 0...0
      return "loss \"\(loss)\": \(parameter)=\(value) is not a number from "
        + "\(range.lowerBound) to \(range.upperBound)"
    case .binaryOnly(let loss):
      let names = LossKind.all.filter { $0.classForm != nil }.map(\.name)
      return "loss \"\(loss)\" is for labels 0 and 1, and the data has more classes; the losses "
        + "for those are " + names.joined(separator: ", ")
    case .binaryParameter(let loss, let name):
      return "loss \"\(loss)\": \"\(name)\" weighs labels 0 and 1, and the data has more classes; "
        + "leave it out"
    case .needsClasses(let loss):
      return "loss \"\(loss)\" is for more than two classes, and the data has labels 0 and 1"
    }
  }

  private static func parameters(of loss: String) -> [LossKind.Parameter] {
    LossKind.all.first { $0.name == loss }?.parameters ?? []
  }
}
