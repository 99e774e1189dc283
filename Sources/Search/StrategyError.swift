import Objectives

/// Why a text does not name a strategy.
public enum StrategyError: Error, Equatable, CustomStringConvertible {
  /// No strategy has this name.
  case unknownStrategy(String)
  /// A search by many runs is none of a single one.
  case needsManyRuns(String)
  /// The loss after `fixed:` is not one, or a candidate is none for the data's classes.
  case badLoss(LossError)
  /// A strategy cannot choose among so many candidates.
  case candidateCount(Int, strategy: String)
  /// The same candidate is listed twice, with the same parameters.
  case repeatedCandidate(String)
  /// The text after `weights:` is no list of weights.
  case badWeights(String)
  /// There are so many weights, but another number of candidates.
  case weightCount(Int, candidates: Int)
  /// A strategy has no parameters.
  case badParameter(String, of: String)
  /// A strategy has one parameter, a number in a range, and this is not it.
  case badNumber(String, of: String, name: String, from: Float, to: Float)

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
    case .needsManyRuns(let name):
      return
        "\"\(name)\" searches by many runs, so no single run can have it; `autoloss tune` with "
        + "a simplex finds weights, and weights:W1,W2,… trains with them"
    case .badLoss(let error):
      return error.description
    case .candidateCount(let count, let strategy):
      return "\(strategy) chooses among 1 to \(Strategy.maximumCandidates) candidate losses, "
        + "not \(count)"
    case .repeatedCandidate(let loss):
      return "the candidate \"\(loss)\" is listed twice; list it once"
    case .badWeights(let text):
      return "weights: takes a number for each candidate, none below 0 and not all 0, as in "
        + "weights:0.7,0.3; not \"\(text)\""
    case .weightCount(let count, let candidates):
      return "weights: lists \(count) numbers for \(candidates) candidate losses; list one for "
        + "each, in their order"
    case .badParameter(let text, let strategy):
      return "\(strategy) takes no parameters, so not \"\(text)\" either"
    case .badNumber(let text, let strategy, let name, let least, let most):
      return "\(strategy) takes \(name), a number from \(least) to \(most), as in "
        + "\(strategy):\(name)=0.1; not \"\(text)\""
    }
  }
}
