import Graph
import Objectives

/// How the candidate losses of an example become one loss.
///
/// A strategy turns (y, ŷ, ℓ) into weights and says how its own parameters are updated; it knows
/// nothing of data, network or model. It is a plain value; the work of a slice is done by a
/// `StrategyWorkspace`.
public struct Strategy: Sendable {
  /// The text it was made from, in its shortest form: `fixed:ce`, `al1`, `autoloss`, ….
  public let name: String
  /// Its row in the table of strategies.
  public let kind: StrategyKind
  /// The losses that it weighs; one for `fixed:LOSS`.
  public let candidates: [Loss]
  /// How many classes labels are of; 2 are told apart by one logit.
  public let classes: Int
  /// What shapes the search.
  public let options: SearchOptions
  /// How the weights of the candidates come about.
  let weighing: Weighing
  /// The controller network, traced; nil where nothing is learned. Where all examples have the same
  /// weights it is a learned vector.
  ///
  /// Its parameters V are dense, `controller.denseCount` numbers; the trainer keeps them with their
  /// optimizer state and its running statistics beside those of the recommender.
  public let controller: Program?

  /// The most candidates that a strategy chooses among.
  public static let maximumCandidates = 16

  /// A strategy from its name; `candidates` are what all but `fixed:LOSS` choose among.
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
    weighing = try Weighing(kind, text, count: self.candidates.count)
    controller = weighing.controller(
      candidateCount: self.candidates.count, classes: classes, options: options)
  }

  /// Whether there is a strategy of this name that can choose among these candidates, for data of
  /// any kind; throws as `init` does.
  public static func check(_ text: String, candidates: [Loss]) throws(StrategyError) {
    let (kind, chosen) = try choice(text, candidates)
    _ = try Weighing(kind, text, count: chosen.count)
  }

  /// Whether the strategy of this name is updated on validation batches; false for names of none.
  public static func learnsFromValidation(_ text: String) -> Bool {
    kind(text)?.learnsFrom == .validation
  }

  /// The kind that the text begins with the name of.
  private static func kind(_ text: String) -> StrategyKind? {
    let head = String(text.prefix { $0 != ":" })
    return StrategyKind.all.first { $0.head == head }
  }

  private static func choice(
    _ text: String, _ candidates: [Loss]
  ) throws(StrategyError) -> (StrategyKind, [Loss]) {
    if text.hasPrefix("fixed:") {
      do { return (.fixed, [try Loss(String(text.dropFirst("fixed:".count)))]) } catch {
        throw .badLoss(error)
      }
    }
    guard let kind = kind(text), kind.head == kind.name || text.contains(":") else {
      let isBOHB = text.prefix { $0 != ":" } == StrategyKind.bohb.name
      throw isBOHB ? .needsManyRuns(text) : .unknownStrategy(text)
    }
    guard (1...maximumCandidates).contains(candidates.count) else {
      throw .candidateCount(candidates.count, strategy: text)
    }
    for (index, loss) in candidates.enumerated() where candidates[..<index].contains(loss) {
      throw .repeatedCandidate(loss.description)
    }
    return (kind, candidates)
  }

  /// The temperature of the Gumbel softmax, or of the gates, at `step`, or nil where there is none.
  public func temperature(at step: Int) -> Double? {
    guard drawsNoise else { return nil }
    return options.frozen ? options.temperature.last : options.temperature(step)
  }

  /// What its parameters are updated on; nothing where they are frozen.
  public var learnsFrom: StrategyKind.Lessons { options.frozen ? .nothing : kind.learnsFrom }

  /// The same weights for all examples and steps, or nil where they are learned or drawn.
  public var constantWeights: [Float]? {
    if case .constant(let weights) = weighing { weights } else { nil }
  }

  /// Whether its updates look ahead by a virtual step, ξ > 0.
  public var looksAhead: Bool { learnsFrom == .validation && options.virtualStep > 0 }

  /// The size η of the local step of `melu`; nil for other strategies.
  public var localRate: Float? {
    if case .meta(let rate) = weighing { rate } else { nil }
  }

  /// Whether the weights are drawn with Gumbel noise.
  var drawsNoise: Bool { weighing == .controller(noise: true) || weighing == .gates }

  /// Whether the controller's inputs are labels and predictions.
  var seesPredictions: Bool { controller?.inputWidth ?? 0 > 0 }

  /// Whether gradients flow through the controller's input.
  var attaches: Bool { options.attached && seesPredictions }

  /// Sums of no examples, for all candidates and labels.
  public var noSums: StrategySums {
    StrategySums(
      candidateCount: candidates.count, classes: classes,
      followsLosses: kind.learnsFrom == .losses)
  }

  /// How many logits an example has.
  public var outputs: Int { CandidateTable.outputs(classes: classes) }
}
