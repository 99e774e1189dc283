import ArgumentParser
import Reporting
import Training

/// Scores raw rows.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Score raw rows with a run's model: one probability a line, in input order.",
    discussion: """
      Rows have the form that `prepare` read; the label may be empty or missing. Values that the \
      training data did not have are treated as rare ones (docs/data.md).

      EXAMPLE: a file, a compressed file, a stream
        autoloss predict --run run --input raw.tsv --output scores.csv
        autoloss predict --run run --input day_7.gz --output scores.csv
        head -n 5 raw.tsv | autoloss predict --run run --input - --output -
      """)

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "File of rows, plain, gzip or zstd, - for stdin; repeatable.", valueName: "path"))
  var input: [String]

  @Option(help: ArgumentHelp("File of scores, - for stdout.", valueName: "path"))
  var output: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let display = WorkDisplay()
    let scored = try Prediction.predict(
      runFolder: folder, inputs: input, output: output
    ) { rows in display.show("scoring", rows: rows, share: nil) }
    display.finish()
    let cut =
      scored.cutLists == 0
      ? "" : "; \(Figures.count(scored.cutLists)) lists had more values than are taken"
    let text =
      report.json
      ? try JSONText.line(Result(rows: scored.rows, output: output, cutLists: scored.cutLists))
      : "\(Figures.count(scored.rows)) rows scored into \(output)\(cut)"
    if output == "-" { Console.standardError.line(text) } else { try Output.line(text) }
  }

  private struct Result: Encodable {
    let rows: Int
    let output: String
    let cutLists: Int
  }
}
