import ArgumentParser
import Datasets
import Models
import Objectives
import Reporting
import Training

/// Lists the models that a run can train.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List every model with its paper, equation, options and size.",
    discussion: """
      Equations give the logit: b bias, w_i first-order weights, e_i embedding vectors, E all of \
      them side by side, e_(i,j) the vector that field i keeps for field j, * element by element, \
      ' transposed. Parameters are counted with default options, for the 39 fields of Criteo \
      (values in fewer than 10 rows share one id) or for the fields of --data; those of ncf for \
      the users and movies of MovieLens-20M, or for --data of two fields. Field-aware models are \
      large: 4 is a usual model.embeddingWidth for them.

      EXAMPLE: the list, and training with one of it
        autoloss models
        autoloss models --data data
        autoloss train --data data --out run --model hofm --set model.order=4
        autoloss models --json
      """)

  @Option(help: ArgumentHelp("Count for the fields of this prepared data.", valueName: "folder"))
  var data: String?

  @OptionGroup var report: ReportOptions

  func run() throws {
    let dataset = try data.map { try Dataset(folder: $0) }
    var options = ModelOptions()
    options.outputs = CandidateTable.outputs(classes: dataset?.classes ?? 2)
    let entries = ModelKind.allCases.map { kind in
      let standard = kind == .ncf ? Self.movieLens : Self.criteo
      return Entry(kind, options, fieldSizes: dataset?.fieldSizes ?? standard)
    }
    let head = ["model", "paper", "logit", "options of its own", "parameters"]
    try Output.list(entries, json: report.json, head: head) { entry in
      let own = entry.own.map { "\($0)=\(entry.defaults[$0] ?? "")" }.joined(separator: " ")
      let count = entry.parameters.map { Figures.count($0) } ?? "-"
      return [entry.name, entry.paper, entry.equation, own, count]
    }
    guard !report.json else { return }
    let shared = Entry.shared.map { "\($0)=\(Entry.standard($0))" }
    try Output.line("\noptions that most have: \(shared.joined(separator: " "))")
  }

  /// Users and movies of MovieLens-20M.
  private static let movieLens = [138_493, 27_278]

  /// How many values each field of Criteo's display advertising challenge has that are seen in ten
  /// rows at least, and one id for the others.
  private static let criteo = [
    49, 101, 126, 45, 223, 118, 84, 76, 95, 9, 30, 40, 75, 1458, 555, 193_949, 138_801, 306, 19,
    11_970, 634, 4, 42_646, 5178, 192_773, 3175, 27, 11_422, 181_075, 11, 4654, 2032, 5, 189_657,
    18, 16, 59_697, 86, 45_571,
  ]

  private struct Entry: Encodable {
    let name: String
    let paper: String
    let equation: String
    /// All options that the model may read, by their names under `model.`.
    let defaults: [String: String]
    /// Nil where the model does not fit the fields.
    let parameters: Int?
    /// Those that not every model has.
    let own: [String]

    enum CodingKeys: String, CodingKey {
      case name, paper, equation, defaults, parameters
    }

    init(_ kind: ModelKind, _ options: ModelOptions, fieldSizes: [Int]) {
      name = kind.rawValue
      paper = kind.description.paper
      equation = kind.description.equation
      let fits = kind.objection(options, fieldCount: fieldSizes.count) == nil
      parameters = fits ? kind.parameterCount(options, fieldSizes: fieldSizes) : nil
      let particular = ModelKind.particularOptions
      own = particular.filter { $0.models.contains(kind) }.map(\.name)
      defaults = Dictionary(
        uniqueKeysWithValues: (Self.shared + own).map { ($0, Self.standard($0)) })
    }

    /// Those that models have in common, though not all use each of them.
    static let shared = ["embeddingWidth", "embeddingDeviation", "hidden", "dropout", "linearInit"]

    static func standard(_ name: String) -> String {
      ConfigurationKey.named("model.\(name)")?.value(in: RunConfiguration()).yaml ?? ""
    }
  }
}
