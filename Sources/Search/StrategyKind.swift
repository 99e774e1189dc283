/// A row of the table of strategies: what `autoloss strategies` prints.
public struct StrategyKind: Sendable, Encodable {
  /// The name that configurations use; LOSS stands for a loss with its parameters.
  public let name: String
  /// The training loss of one example.
  public let formula: String
  /// What it is, in one sentence.
  public let summary: String
  /// Where it comes from.
  public let source: String
  /// Whether there is a controller to be updated on validation batches.
  public let hasController: Bool
  /// The configuration keys that shape it.
  public let options: [String]

  /// Every strategy, in the order of the paper's tables.
  public static let all = [fixed, equalWeights, softmaxWeights, autoLoss]

  static let fixed = StrategyKind(
    name: "fixed:LOSS", formula: "ℓ(y, ŷ)", summary: "One loss for all examples.",
    source: "the single-loss rows of Zhao et al., KDD 2021, table 2",
    hasController: false, options: [])

  static let equalWeights = StrategyKind(
    name: "al1", formula: "(1/n) Σ_i ℓ_i(y, ŷ)", summary: "The mean of the candidates.",
    source: "AL-1 of Zhao et al., KDD 2021, §4.4", hasController: false,
    options: ["search.candidates"])

  static let softmaxWeights = StrategyKind(
    name: "al2", formula: "Σ_i α_i ℓ_i(y, ŷ), α = softmax(controller(y, ŷ))",
    summary: "Weights by a controller, without Gumbel noise or temperature.",
    source: "AL-2 of Zhao et al., KDD 2021, §4.4", hasController: true,
    options: controllerOptions)

  static let autoLoss = StrategyKind(
    name: "autoloss",
    formula: "Σ_i p_i ℓ_i(y, ŷ), p = softmax((log α + g)/τ), g = −log(−log u)",
    summary: "Losses chosen for each example by a controller, through the Gumbel softmax.",
    source: "Zhao et al., KDD 2021, eq. 10 to 13 with ξ = 0", hasController: true,
    options: controllerOptions + [
      "search.temperature.start", "search.temperature.slope", "search.temperature.floor",
      "search.hard", "search.validationNoise",
    ])

  private static let controllerOptions = [
    "search.candidates", "search.every", "search.attached", "search.controller.hidden",
    "search.controller.batchNorm", "search.controller.dropout", "search.controller.learningRate",
    "search.controller.weightDecay",
  ]
}
