import ArgumentParser
import Search

/// Lists the ways of choosing losses.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "List every strategy that --loss can name, with formula and source.",
    discussion: """
      The last one, bohb, is a search around training: --loss does not take it; `autoloss tune` \
      and `autoloss study table2` make it.

      EXAMPLE: the list, and training with one of it
        autoloss strategies
        autoloss train --data data --out run --loss al2
        autoloss strategies --json
      """)

  @OptionGroup var report: ReportOptions

  func run() throws {
    let head = ["strategy", "training loss", "what it is", "source"]
    try Output.list(StrategyKind.all + [.bohb], json: report.json, head: head) { kind in
      [kind.name, kind.formula, kind.summary, kind.source]
    }
  }
}
