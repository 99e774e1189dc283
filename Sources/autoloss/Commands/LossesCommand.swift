import ArgumentParser
import Objectives
import Reporting

/// Lists the losses that a run can train with.
struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "List every loss with its formula, parameters and source.",
    discussion: """
      Formulas are in p = σ(s) and q = 1 − p, s = (2y − 1)z, z the logit and y the label.

      EXAMPLE: what focal can be told, and training with it
        autoloss losses | grep focal
        autoloss train --data data --out run --loss fixed:focal:gamma=1,alpha=0.25
        autoloss losses --json
      """)

  @OptionGroup var report: ReportOptions

  func run() throws {
    if report.json { return try Output.json(LossKind.all.map(Entry.init)) }
    var table = ResultTable(["loss", "parameters", "definition", "source"])
    for kind in LossKind.all.map(Entry.init) {
      table.add([
        kind.name, kind.parameters.map(\.text).joined(separator: ", "), kind.definition,
        kind.source,
      ])
    }
    try Output.line(table.text)
  }

  private struct Entry: Encodable {
    let name: String
    let definition: String
    let source: String
    let parameters: [Parameter]

    init(_ kind: LossKind) {
      name = kind.name
      definition = kind.definition
      source = kind.source
      parameters = kind.parameters.map(Parameter.init)
    }
  }

  private struct Parameter: Encodable {
    let name: String
    let standard: Float?
    let meaning: String

    /// Such as `gamma=2.0`; a parameter that is off by default has no value.
    var text: String { standard.map { "\(name)=\($0)" } ?? name }

    init(_ parameter: LossKind.Parameter) {
      name = parameter.name
      standard = parameter.defaultValue
      meaning = parameter.meaning
    }

    enum CodingKeys: String, CodingKey {
      case name, meaning
      case standard = "default"
    }
  }
}
