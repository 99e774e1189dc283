import ArgumentParser
import Objectives
import Reporting

/// Lists the losses that a run can train with.
struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "List every loss with its formula, parameters and source.",
    discussion: """
      With labels 0 and 1 formulas are in p_t = σ(s) and q_t = 1 − p_t, s = (2y − 1)z, z the logit \
      and y the label. With K classes they are in p = softmax(z), the label c and its one-hot \
      vector δ.

      EXAMPLE: what focal can be told, and training with it
        autoloss losses | grep focal
        autoloss train --data data --out run --loss fixed:focal:gamma=1,alpha=0.25
        autoloss losses --json
      """)

  @OptionGroup var report: ReportOptions

  func run() throws {
    let entries = LossKind.all.map(Entry.init)
    if report.json { return try Output.json(entries) }
    var table = ResultTable(["loss", "task", "parameters", "definition", "source"])
    // For people a row for each task that the loss is defined for.
    for entry in entries {
      let parameters = entry.parameters.map(\.text).joined(separator: ", ")
      let definitions = [("binary", entry.definition), ("classes", entry.classDefinition)]
      for case (let task, let definition?) in definitions {
        table.add([entry.name, task, parameters, definition, entry.source])
      }
    }
    try Output.line(table.text)
  }

  private struct Entry: Encodable {
    let name: String
    /// What it can be trained on: "binary" with one logit, "classes" with K.
    let tasks: [String]
    let definition: String?
    let classDefinition: String?
    let source: String
    let parameters: [Parameter]

    init(_ kind: LossKind) {
      name = kind.name
      definition = kind.definition
      classDefinition = kind.classDefinition
      tasks =
        (definition == nil ? [] : ["binary"]) + (classDefinition == nil ? [] : ["classes"])
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
