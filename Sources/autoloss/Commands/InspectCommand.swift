import ArgumentParser
import Datasets
import Reporting

/// Tells what lies in a folder.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tell what a prepared data set or a run holds.",
    discussion: """
      EXAMPLE: a data set, a data set with every checksum, a run
        autoloss inspect data data
        autoloss inspect data data --verify --json
        autoloss inspect checkpoint run --json
      """,
    subcommands: [Data.self])
}

extension InspectCommand {
  /// A prepared data set.
  struct Data: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what a prepared data set holds.",
      discussion: """
        EXAMPLE: for people, for scripts, and after a copy
          autoloss inspect data data
          autoloss inspect data data --json
          autoloss inspect data data --verify
        """)

    @Argument(help: ArgumentHelp("Folder that `prepare` wrote.", valueName: "folder"))
    var folder: String

    @Flag(help: "Read everything and check every checksum.")
    var verify = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var report: ReportOptions

    func run() throws {
      let dataset = try Dataset(folder: folder)
      if verify {
        try dataset.verify(threads: threads.count)
        Console.standardError.line("every checksum of \(folder) is correct")
      }
      try DataSummary(dataset.manifest, folder: folder).print(json: report.json)
    }
  }
}
