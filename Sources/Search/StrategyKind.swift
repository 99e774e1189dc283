/// A row of the table of strategies: what `autoloss strategies` prints.
public struct StrategyKind: Sendable, Encodable {
  /// The name that configurations use; what stands in capitals is to be filled in.
  public let name: String
  /// The training loss of one example.
  public let formula: String
  /// What it is, in one sentence.
  public let summary: String
  /// Where it comes from.
  public let source: String
  /// What its parameters are updated on.
  public let learnsFrom: Lessons
  /// The configuration keys that shape it.
  public let options: [String]

  /// What a strategy's parameters are updated on.
  public enum Lessons: String, Sendable, Encodable {
    /// It has none.
    case nothing
    /// Validation batches, one every `search.every` steps.
    case validation
    /// The training batch of every `search.every`th step, before the step.
    case training
    /// What each training step says of the candidates' losses, after the step.
    case losses
    /// What whole runs with other weights came to: a search around training.
    case runs
  }

  /// Every strategy, in the order of the paper's tables, and then those that others proposed.
  public static let all = [
    fixed, givenWeights, random, equalWeights, softmaxWeights, autoLoss, lossGates, darts,
    metaWeights, uncertainty, softAdapt,
  ]

  /// What a search around training finds, which is no strategy of a run.
  public static let bohb = StrategyKind(
    name: "bohb", formula: "Σ_i w_i ℓ_i(y, ŷ), w those of the run that did best",
    summary:
      "The same weights for all examples, found by many runs: not by --loss, but by `autoloss "
      + "tune` and in `autoloss study table2`; runs with them are weights:W1,W2,….",
    source: "Falkner et al., BOHB, ICML 2018; Zhao et al., KDD 2021, table 2", learnsFrom: .runs,
    options: ["search.candidates"])

  /// What comes before the first colon of the name: `fixed` of `fixed:LOSS`.
  var head: String { String(name.prefix { $0 != ":" }) }

  static let fixed = StrategyKind(
    name: "fixed:LOSS", formula: "ℓ(y, ŷ)", summary: "One loss for all examples.",
    source: "the single-loss rows of Zhao et al., KDD 2021, table 2", learnsFrom: .nothing,
    options: [])

  static let givenWeights = StrategyKind(
    name: "weights:W1,W2,…", formula: "Σ_i w_i ℓ_i(y, ŷ), w_i = W_i / Σ_j W_j",
    summary: "Given weights, one a candidate, in their order.",
    source: "what a search of static weights finds, such as Zhao et al., KDD 2021, table 2",
    learnsFrom: .nothing, options: ["search.candidates"])

  static let random = StrategyKind(
    name: "random", formula: "ℓ_c(y, ŷ), c drawn from the candidates",
    summary: "One candidate drawn for each example at each step: a control.",
    source: "AutoLoss with a controller that knows nothing, at temperature 0",
    learnsFrom: .nothing, options: ["search.candidates"])

  static let equalWeights = StrategyKind(
    name: "al1", formula: "(1/n) Σ_i ℓ_i(y, ŷ)", summary: "The mean of the candidates.",
    source: "AL-1 of Zhao et al., KDD 2021, §4.4", learnsFrom: .nothing,
    options: ["search.candidates"])

  static let softmaxWeights = StrategyKind(
    name: "al2", formula: "Σ_i α_i ℓ_i(y, ŷ), α = softmax(controller(y, ŷ))",
    summary: "Weights by a controller, without Gumbel noise or temperature.",
    source: "AL-2 of Zhao et al., KDD 2021, §4.4", learnsFrom: .validation,
    options: controllerOptions + aheadOptions)

  static let autoLoss = StrategyKind(
    name: "autoloss",
    formula: "Σ_i p_i ℓ_i(y, ŷ), p = softmax((log α + g)/τ), g = −log(−log u)",
    summary: "Losses chosen for each example by a controller, through the Gumbel softmax.",
    source: "Zhao et al., KDD 2021, eq. 10 to 13", learnsFrom: .validation,
    options: controllerOptions + aheadOptions + noiseOptions + ["search.hard"])

  static let lossGates = StrategyKind(
    name: "slf",
    formula: "Σ_i q_i ℓ_i(y, ŷ), q_i = b_i c_i / Σ_j b_j c_j, b = σ((a + λ)/τ), c = softmax(w)",
    summary:
      "Several losses chosen at once by gates, and weighed; learned on training batches (at each "
      + "step, as in SLF itself, with search.every=1).",
    source: "Liu & Lai, SLF, AAAI 2020, as Zhao et al., KDD 2021, §3.4 and §4.1, have it",
    learnsFrom: .training, options: controllerOptions + noiseOptions)

  static let darts = StrategyKind(
    name: "darts", formula: "Σ_i α_i ℓ_i(y, ŷ), α = softmax(a)",
    summary: "The same weights for all examples, learned on validation batches.",
    source: "Liu et al., DARTS, ICLR 2019; Zhao et al., KDD 2021, table 2",
    learnsFrom: .validation,
    options: ["search.candidates", "search.every"] + aheadOptions + optimizerOptions)

  static let metaWeights = StrategyKind(
    name: "melu",
    formula: "L_query(W - η ∇ Σ_i α_i ℓ_i), α = softmax(a), of halves of each slice",
    summary: "The same weights for all examples, meta-learned: those after whose step (η 0.001, or "
      + "melu:rate=R) other examples fare best.",
    source: "Lee et al., MeLU, KDD 2019, first order; Zhao et al., KDD 2021, table 2",
    learnsFrom: .losses, options: ["search.candidates"] + optimizerOptions)

  static let uncertainty = StrategyKind(
    name: "uncertainty", formula: "Σ_i (exp(−s_i) ℓ_i(y, ŷ) + s_i)",
    summary: "Weights by learned uncertainties, updated with the network at each step.",
    source: "Kendall et al., CVPR 2018", learnsFrom: .losses,
    options: ["search.candidates"] + optimizerOptions)

  static let softAdapt = StrategyKind(
    name: "softadapt", formula: "Σ_i w_i ℓ_i(y, ŷ), w = softmax(β r), r_i = Δℓ_i / Σ_j |Δℓ_j|",
    summary: "More weight, by β (0.1, softadapt:beta=B), for losses that fall more slowly.",
    source: "Heydari et al., arXiv 1912.12355, normalised; Δ of the means of search.every steps",
    learnsFrom: .losses, options: ["search.candidates", "search.every"])

  private static let noiseOptions = [
    "search.temperature.start", "search.temperature.slope", "search.temperature.floor",
    "search.validationNoise",
  ]

  private static let aheadOptions = [
    "search.virtualStep", "search.virtualRule", "search.upper", "search.aucWeight",
    "search.entropyBonus",
  ]

  private static let optimizerOptions = [
    "search.controller.learningRate", "search.controller.weightDecay",
  ]

  private static let controllerOptions =
    [
      "search.candidates", "search.every", "search.attached", "search.controller.hidden",
      "search.controller.batchNorm", "search.controller.dropout",
    ] + optimizerOptions
}
