import ArgumentParser
import Reporting
import Search

/// Lists the ways of choosing losses.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "List every strategy that --loss can name, with formula and source.",
    discussion: """
      EXAMPLE: the list, and training with one of it
        autoloss strategies
        autoloss train --data data --out run --loss al2
        autoloss strategies --json
      """)

  @OptionGroup var report: ReportOptions

  func run() throws {
    if report.json { return try Output.json(StrategyKind.all.map(Entry.init)) }
    var table = ResultTable(["strategy", "training loss", "what it is", "source"])
    for kind in StrategyKind.all {
      table.add([kind.name, kind.formula, kind.summary, kind.source])
    }
    try Output.line(table.text)
  }

  private struct Entry: Encodable {
    let name: String
    let formula: String
    let summary: String
    let source: String
    let options: [String]

    init(_ kind: StrategyKind) {
      name = kind.name
      formula = kind.formula
      summary = kind.summary
      source = kind.source
      options = kind.options
    }
  }
}
