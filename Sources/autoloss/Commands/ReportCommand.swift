import ArgumentParser
import Foundation
import Reporting
import Training

/// Shows what a run did with its candidate losses.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show how a run used its candidate losses, as a page with charts.",
    discussion: """
      The page shows how much of the training went to each candidate over time, what the \
      controller answers for each label and prediction, and the quality on validation rows. It \
      is one HTML file without scripts. A running job may be reported on as well.

      EXAMPLE: a page in the run's folder; somewhere else; the same for scripts
        autoloss report --run run
        autoloss report --run run --out page.html
        autoloss report --run run --json
      """)

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "Where the page goes (default: report.html in the run's folder).",
      valueName: "file"))
  var out: String?

  @OptionGroup var report: ReportOptions

  func run() throws {
    let found = try RunReport(runFolder: folder)
    if report.json { return try Output.json(found) }
    let place =
      out.map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: folder).appendingPathComponent("report.html")
    do {
      try Data(RunPage(found, folder: folder).page.html.utf8).write(to: place, options: .atomic)
    } catch {
      throw Failure(
        "the page could not be written", at: place.path,
        remedy: "check that its folder exists and may be written, or name another file with --out",
        exitCode: .cannotCreate)
    }
    for finding in found.findings { try Output.line(finding) }
    try Output.line("the page is \(place.path)")
  }
}
