import Graph

/// How the weights of an example's candidates come about, with what the strategy's name says of it.
enum Weighing: Sendable, Equatable {
  /// The same for all examples and steps; they sum to 1.
  case constant([Float])
  /// One candidate has all the weight, drawn for each example and step.
  case draw
  /// p of a network's outputs for the example, with Gumbel noise or without.
  case controller(noise: Bool)
  /// Gates and weights of a network's outputs for the example, two for each candidate.
  case gates
  /// softmax of learned numbers.
  case softmax
  /// softmax of numbers that are learned from local steps of size η.
  case meta(rate: Float)
  /// exp of learned numbers.
  case exponential
  /// softmax of numbers that follow from how fast the losses fall.
  case rates(beta: Float)

  /// The weighing that `text`, the name of a strategy of this kind, asks for; `count` candidates.
  init(_ kind: StrategyKind, _ text: String, count: Int) throws(StrategyError) {
    let rest = text.contains(":") ? String(text.dropFirst(kind.head.count + 1)) : nil
    switch kind.head {
    case StrategyKind.givenWeights.head:
      self = .constant(try Self.weights(rest ?? "", count: count))
      return
    case StrategyKind.softAdapt.head:
      self = .rates(
        beta: try Self.number("beta", SoftAdapt.usualBeta, SoftAdapt.betas, rest, kind))
      return
    case StrategyKind.metaWeights.head:
      self = .meta(
        rate: try Self.number("rate", MetaWeights.usualRate, MetaWeights.rates, rest, kind))
      return
    case StrategyKind.fixed.head:
      self = .constant([1])
      return
    default: break
    }
    if let rest { throw .badParameter(rest, of: kind.head) }
    switch kind.head {
    case StrategyKind.random.head: self = .draw
    case StrategyKind.softmaxWeights.head: self = .controller(noise: false)
    case StrategyKind.autoLoss.head: self = .controller(noise: true)
    case StrategyKind.lossGates.head: self = .gates
    case StrategyKind.darts.head: self = .softmax
    case StrategyKind.uncertainty.head: self = .exponential
    case StrategyKind.equalWeights.head:
      self = .constant([Float](repeating: 1 / Float(count), count: count))
    default: preconditionFailure("no weighing is written for the strategy \(kind.name)")
    }
  }

  /// The given weights divided by their sum.
  private static func weights(_ text: String, count: Int) throws(StrategyError) -> [Float] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Double($0) }
    let sum = numbers.reduce(0, +)
    guard numbers.count == words.count, numbers.allSatisfy({ $0 >= 0 }), sum > 0, sum.isFinite
    else { throw .badWeights(text) }
    guard numbers.count == count else {
      throw .weightCount(numbers.count, candidates: count)
    }
    return numbers.map { Float($0 / sum) }
  }

  /// The number of `name=NUMBER`, or the usual one.
  private static func number(
    _ name: String, _ usual: Float, _ range: ClosedRange<Float>, _ text: String?,
    _ kind: StrategyKind
  ) throws(StrategyError) -> Float {
    guard let text else { return usual }
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, sides[0] == name, let value = Float(sides[1]), range.contains(value)
    else {
      throw .badNumber(
        text, of: kind.head, name: name, from: range.lowerBound, to: range.upperBound)
    }
    return value
  }
}

extension Weighing {
  /// The network that the weights come from, traced; nil where none are learned.
  func controller(candidateCount: Int, classes: Int, options: SearchOptions) -> Program? {
    switch self {
    case .constant, .draw: nil
    case .controller, .gates:
      Program(
        tracing: Controller(
          outputCount: self == .gates ? 2 * candidateCount : candidateCount, options: options),
        schema: nil, inputWidth: Controller.inputWidth(classes: classes))
    case .softmax, .meta, .exponential:
      Program(tracing: StaticWeights(candidateCount: candidateCount), schema: nil)
    case .rates:
      Program(
        tracing: StaticWeights(candidateCount: candidateCount, memory: SoftAdapt.memory),
        schema: nil)
    }
  }
}
