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
  /// How many classes labels are of; 2 are told apart by one logit.
  public let classes: Int
  /// What shapes the search.
  public let options: SearchOptions
  /// The same weights for all examples, or nil where a controller gives them.
  public let constantWeights: [Float]?
  /// The controller network, traced; nil where the weights are constant.
  ///
  /// Its parameters V are dense, `controller.denseCount` numbers; the trainer keeps them with their
  /// optimizer state and its running statistics beside those of the recommender.
  public let controller: Program?

  /// The most candidates that a strategy chooses among.
  public static let maximumCandidates = 16

  /// A strategy from its name; `candidates` are what `al1`, `al2` and `autoloss` choose among.
  ///
  /// Throws a `StrategyError` that names what exists, or a loss that cannot be computed where
  /// labels are of so many classes.
  public init(
    _ text: String, candidates: [Loss] = Loss.paperCandidates, classes: Int = 2,
    options: SearchOptions = .init()
  ) throws(StrategyError) {
    (kind, self.candidates) = try Self.choice(text, candidates)
    name = kind.name == StrategyKind.fixed.name ? "fixed:\(self.candidates[0])" : text
    self.classes = classes
    self.options = options
    for loss in self.candidates {
      do { try loss.check(classes: classes) } catch { throw .badLoss(error) }
    }
    let count = self.candidates.count
    if kind.hasController {
      constantWeights = nil
      controller = Program(
        tracing: Controller(candidateCount: count, options: options), schema: nil,
        inputWidth: Controller.inputWidth(classes: classes))
    } else {
      constantWeights = self.candidates.map { _ in 1 / Float(count) }
      controller = nil
    }
  }

  /// Whether there is a strategy of this name that can choose among these candidates, for data of
  /// any kind; throws as `init` does.
  public static func check(_ text: String, candidates: [Loss]) throws(StrategyError) {
    _ = try choice(text, candidates)
  }

  private static func choice(
    _ text: String, _ candidates: [Loss]
  ) throws(StrategyError) -> (StrategyKind, [Loss]) {
    if text.hasPrefix("fixed:") {
      do { return (.fixed, [try Loss(String(text.dropFirst("fixed:".count)))]) } catch {
        throw .badLoss(error)
      }
    }
    guard let kind = StrategyKind.all.first(where: { $0.name == text }) else {
      throw .unknownStrategy(text)
    }
    guard (1...maximumCandidates).contains(candidates.count) else {
      throw .candidateCount(candidates.count, strategy: text)
    }
    for (index, loss) in candidates.enumerated() where candidates[..<index].contains(loss) {
      throw .repeatedCandidate(loss.description)
    }
    return (kind, candidates)
  }

  /// The temperature of the Gumbel softmax at `step`, or nil where there is none.
  public func temperature(at step: Int) -> Double? {
    drawsNoise ? options.temperature(step) : nil
  }

  /// Whether the weights are drawn with Gumbel noise.
  var drawsNoise: Bool { kind.name == StrategyKind.autoLoss.name }

  /// Sums of no examples, for all candidates and labels.
  public var noSums: StrategySums {
    StrategySums(candidateCount: candidates.count, classes: classes)
  }

  /// How many logits an example has.
  public var outputs: Int { classes > 2 ? classes : 1 }
}
