import ArgumentParser
import Datasets
import Reporting

/// Makes rows from a planted model.
struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Make Criteo-shaped rows from a planted model whose best quality is known.",
    discussion: """
      The same rows, seed and values give the same bytes. The result tells the AUC and logloss of \
      the true probabilities: no model can be expected to do better on such rows.

      EXAMPLE: a small file; a compressed one; ordered labels 0 to 4; a million values
        autoloss synth --rows 100000 --out raw.tsv --seed 1
        autoloss synth --rows 1000000 --out raw.tsv.gz --json
        autoloss synth --rows 200000 --out stars.tsv --classes 5
        autoloss synth --rows 5000000 --out - --values 1090000 --min-count 2 | gzip > raw.tsv.gz
      """)

  @Option(help: ArgumentHelp("Rows to make.", valueName: "n"))
  var rows: Int

  @Option(
    help: ArgumentHelp(
      "File to write, compressed if it ends in .gz, - for stdout.",
      valueName: "path"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Ordered classes that labels are of, equally frequent if more than two.", valueName: "n"))
  var classes = 2

  @Option(help: ArgumentHelp("Seed of the planted model and of the rows.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "About how many feature values shall occur --min-count times, or the closest that fields of "
        + "Criteo's shape can have (default: as many as they give).", valueName: "n"))
  var values: Int?

  @Option(help: ArgumentHelp("The minimum count that --values is meant for.", valueName: "n"))
  var minCount = 2

  @Option(
    help: ArgumentHelp(
      "How strong the signal is: 1 gives a best AUC near .80, from 6 on labels are nearly certain.",
      valueName: "x"))
  var signal = 1.0

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard rows >= 1 else { throw ValidationError("--rows must be at least 1.") }
    guard minCount >= 1 else { throw ValidationError("--min-count must be at least 1.") }
    guard (2...Synthesis.maximumClasses).contains(classes) else {
      throw ValidationError("--classes must be 2 to \(Synthesis.maximumClasses).")
    }
    guard (0...100).contains(signal) else {
      throw ValidationError("--signal must be a number from 0 to 100.")
    }
    guard values ?? 1 >= 1 else { throw ValidationError("--values must be at least 1.") }
  }

  func run() throws {
    var synthesis = Synthesis(rows: rows, output: out)
    synthesis.seed = seed
    synthesis.classes = classes
    synthesis.values = values
    synthesis.minimumCount = minCount
    synthesis.signal = signal
    synthesis.threads = threads.count
    let total = rows
    let display = WorkDisplay()
    let made = try synthesis.run { rows in
      display.show("making", rows: rows, share: Double(rows) / Double(total))
    }
    display.finish()
    try tell(made)
  }

  /// On stdout, unless the rows are there already.
  private func tell(_ made: Synthesis.Report) throws {
    let text = report.json ? try JSONText.line(made) : table(made)
    if out == "-" { Console.standardError.line(text) } else { try Output.line(text) }
  }

  private func table(_ made: Synthesis.Report) -> String {
    var table = ResultTable(["synthetic rows", out])
    table.add(["rows", Figures.count(made.rows)])
    for (label, share) in (made.labelShares ?? []).enumerated() {
      table.add(["label \(label)", "\(Figures.fixed(share * 100, 2)) %"])
    }
    if made.labelShares == nil {
      table.add(["label 1", "\(Figures.fixed(made.positiveRate * 100, 2)) %"])
    }
    table.add(["best AUC", Figures.fixed(made.bestAUC, 5)])
    if let weighted = made.bestWeightedAUC {
      table.add(["best weighted AUC", Figures.fixed(weighted, 5)])
    }
    table.add(["best logloss", Figures.fixed(made.bestLogloss, 5)])
    table.add(["known from", made.method])
    return table.text
  }
}
