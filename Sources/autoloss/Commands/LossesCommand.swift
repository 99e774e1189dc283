import ArgumentParser
import Objectives

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
    let head = ["loss", "parameters", "definition", "source"]
    try Output.list(LossKind.all.map(Entry.init), json: report.json, head: head) { kind in
      let parameters = kind.parameters.map(\.text).joined(separator: ", ")
      return [kind.name, parameters, kind.definition, kind.source]
    }
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
