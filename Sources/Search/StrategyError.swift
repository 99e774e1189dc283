import Objectives

/// Why a text does not name a strategy.
public enum StrategyError: Error, Equatable, CustomStringConvertible {
  /// No strategy has this name.
  case unknownStrategy(String)
  /// The loss after `fixed:` is not one.
  case badLoss(LossError)
  /// A strategy that chooses needs at least two candidates.
  case tooFewCandidates(strategy: String)
  /// The same candidate is listed twice, with the same parameters.
  case repeatedCandidate(String)

  /// One sentence: what was wrong, what exists, what was probably meant.
  public var description: String {
    switch self {
    case .unknownStrategy(let name):
      let names = StrategyKind.all.map(\.name)
      if (try? Loss(name)) != nil {
        return "\"\(name)\" is a loss; to train with it alone, write fixed:\(name)"
      }
      return "there is no strategy \"\(name)\"\(Spelling.hint(name, names)); the strategies are "
        + names.joined(separator: ", ")
    case .badLoss(let error):
      return error.description
    case .tooFewCandidates(let strategy):
      return "\(strategy) needs at least two candidate losses to choose among; "
        + "list more, or train one with fixed:LOSS"
    case .repeatedCandidate(let loss):
      return "the candidate \"\(loss)\" is listed twice; list it once"
    }
  }
}
