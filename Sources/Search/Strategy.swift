import Graph
import Objectives

/// How the candidate losses of an example become one loss.
///
/// A strategy turns (y, ŷ, ℓ) into weights and says how its own parameters are updated; it knows
/// nothing of data, network or model. It is a plain value; the work of a slice is done by a
/// `StrategyWorkspace`.
public struct Strategy: Sendable {
  /// The text it was made from, in its shortest form: `fixed:ce`, `al1`, `al2`, `autoloss`.
  public let name: String
  /// Its row in the table of strategies.
  public let kind: StrategyKind
  /// The losses that it weighs; one for `fixed:LOSS`.
  public let candidates: [Loss]
  /// What shapes the search.
  public let options: SearchOptions
  /// The same weights for all examples, or nil where a controller gives them.
  public let constantWeights: [Float]?
  /// The controller network, traced; nil where the weights are constant.
  ///
  /// Its parameters V are dense, `controller.denseCount` numbers; the trainer keeps them with their
  /// optimizer state and its running statistics beside those of the recommender.
  public let controller: Program?

  /// A strategy from its name; `candidates` are what `al1`, `al2` and `autoloss` choose among.
  ///
  /// Throws a `StrategyError` that names what exists.
  public init(
    _ text: String, candidates: [Loss] = Loss.paperCandidates, options: SearchOptions = .init()
  ) throws(StrategyError) {
    self.options = options
    if text.hasPrefix("fixed:") {
      let loss = try Self.loss(String(text.dropFirst("fixed:".count)))
      (name, kind, self.candidates) = ("fixed:\(loss)", .fixed, [loss])
      (constantWeights, controller) = ([1], nil)
      return
    }
    guard let kind = StrategyKind.all.first(where: { $0.name == text }) else {
      throw .unknownStrategy(text)
    }
    guard candidates.count >= 2 else { throw .tooFewCandidates(strategy: text) }
    for (index, loss) in candidates.enumerated() where candidates[..<index].contains(loss) {
      throw .repeatedCandidate(loss.description)
    }
    name = text
    self.kind = kind
    self.candidates = candidates
    if kind.hasController {
      constantWeights = nil
      let network = Controller(candidateCount: candidates.count, options: options)
      controller = Program(tracing: network, schema: nil, inputWidth: Controller.inputWidth)
    } else {
      constantWeights = candidates.map { _ in 1 / Float(candidates.count) }
      controller = nil
    }
  }

  /// The temperature of the Gumbel softmax at `step`, or nil where there is none.
  public func temperature(at step: Int) -> Double? {
    drawsNoise ? options.temperature(step) : nil
  }

  /// Whether the weights are drawn with Gumbel noise.
  var drawsNoise: Bool { kind.name == StrategyKind.autoLoss.name }

  private static func loss(_ text: String) throws(StrategyError) -> Loss {
    do {
      return try Loss(text)
    } catch {
      throw .badLoss(error)
    }
  }
}
