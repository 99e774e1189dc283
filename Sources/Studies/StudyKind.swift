/// A study of the AutoLoss paper (Zhao et al., KDD 2021) that can be run again, or of problems made
/// for the search.
public enum StudyKind: String, Sendable, CaseIterable, Codable {
  /// Single losses, losses with fixed weights, and losses chosen for each example.
  case table2
  /// What is left of AutoLoss without its controller (AL-1), and without its noise (AL-2).
  case table3
  /// A controller that was trained with one model, used for other models and other data.
  case transfer
  /// What searching costs in time.
  case efficiency
  /// How often the controller should be updated.
  case frequency
  /// Whether a search finds the right loss for each label where training labels are wrong.
  case planted

  /// What it compares, in one sentence.
  public var summary: String {
    switch self {
    case .table2: "Single losses, searched weights, and losses that are chosen for each example."
    case .table3: "AutoLoss against equal weights (AL-1) and against itself without noise (AL-2)."
    case .transfer: "Controllers that were trained with one model, frozen, for others."
    case .efficiency: "The time of training with each way to search."
    case .frequency: "How many steps to make between two updates of the controller."
    case .planted: "Labels made wrong on purpose, where the search should help or should not."
    }
  }

  /// The models that it compares losses for, the first of which lends its controller in `transfer`.
  public var usualModels: [String] {
    switch self {
    case .table2, .table3: ["deepfm", "ipnn"]
    case .transfer: ["deepfm", "nfm", "afi"]
    case .efficiency, .frequency, .planted: ["deepfm"]
    }
  }

  /// The method that the others are compared with.
  public var reference: String {
    switch self {
    case .table2, .table3, .planted: StudyMethod.autoLoss.name
    case .transfer: StudyMethod.autoLoss.transferred.name
    case .efficiency: StudyMethod.crossEntropy.name
    case .frequency: StudyMethod.every(7).name
    }
  }

  /// Whether it is one of the paper's, to stand beside published figures.
  public var isOfThePaper: Bool { self != .planted }

  /// Values that its runs begin with, after a recipe's: `key=value`.
  public var settings: [String] {
    guard self == .planted else { return [] }
    return [
      "search.candidates=[ce,mae]", "model.embeddingWidth=8", "model.hidden=[32,32]",
      "model.dropout=0", "train.batchSize=500", "train.epochs=15", "train.patience=2",
    ]
  }

  /// What its table says of it.
  var notes: [String] {
    guard self == .planted else { return [] }
    return [
      "Each seed has a planted model, rows, wrong labels and a start of its own; test rows are "
        + "right. Candidates are cross entropy and MAE."
    ] + PlantedNoise.allCases.map(\.summary)
  }

  /// How often the controller is updated, in steps from one update to the next: `frequency`.
  public static let usualFrequencies = [1, 3, 5, 7, 9, 11]
}

/// A way to train: a loss or a strategy, with what it changes of the recipe.
public struct StudyMethod: Sendable, Equatable, Codable {
  /// The name in files: `autoloss`, `every-7`.
  public var name: String
  /// The name for people: `AutoLoss`.
  public var title: String
  /// The strategy: `fixed:ce`.
  public var loss: String
  /// Values that differ from the recipe's, `key=value`.
  public var settings: [String] = []
  /// Whether the controller comes from the run of another model, and stays as it is.
  public var isTransferred = false

  static let focal = StudyMethod(name: "focal", title: "Focal", loss: "fixed:focal")
  static let kl = StudyMethod(name: "kl", title: "KL", loss: "fixed:kl")
  static let hinge = StudyMethod(name: "hinge", title: "Hinge", loss: "fixed:hinge")
  static let crossEntropy = StudyMethod(name: "ce", title: "CE", loss: "fixed:ce")
  static let absolute = StudyMethod(name: "mae", title: "MAE", loss: "fixed:mae")
  static let meLU = StudyMethod(name: "melu", title: "MeLU", loss: "melu")
  static let darts = StudyMethod(name: "darts", title: "DARTS", loss: "darts")
  /// SLF learns its gates with the network, at every step (Zhao et al., §3.4).
  static let slf = StudyMethod(
    name: "slf", title: "SLF", loss: "slf", settings: ["search.every=1"])
  static let autoLoss = StudyMethod(name: "autoloss", title: "AutoLoss", loss: "autoloss")
  static let equalWeights = StudyMethod(name: "al1", title: "AL-1", loss: "al1")
  static let softmaxWeights = StudyMethod(name: "al2", title: "AL-2", loss: "al2")

  /// The weights that a search by BOHB has found.
  static func bohb(_ weights: String) -> StudyMethod {
    StudyMethod(name: bohbName, title: "BOHB", loss: weights)
  }

  /// The name of the method of searched weights.
  public static let bohbName = "bohb"

  /// AutoLoss whose controller lowers the paper's objective at first order, whatever others lower.
  static let firstOrder = StudyMethod(
    name: "autoloss-paper", title: "AutoLoss, ξ = 0", loss: "autoloss",
    settings: ["search.upper=paper", "search.virtualStep=0"])

  /// AutoLoss with so many steps from one update of the controller to the next.
  static func every(_ steps: Int) -> StudyMethod {
    StudyMethod(
      name: "every-\(steps)", title: "AutoLoss, f = \(steps)", loss: "autoloss",
      settings: ["search.every=\(steps)"])
  }

  /// The same with a controller from elsewhere.
  var transferred: StudyMethod {
    StudyMethod(
      name: "\(name)-transferred", title: "\(title), transferred", loss: loss,
      settings: settings, isTransferred: true)
  }

  /// The same, with a title that says that its controller is learned in the run itself.
  var learnedThere: StudyMethod {
    StudyMethod(name: name, title: "\(title), learned there", loss: loss, settings: settings)
  }
}
