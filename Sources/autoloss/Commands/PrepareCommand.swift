import ArgumentParser
import Datasets
import Reporting

/// Encodes raw rows for training.
struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Encode raw rows into shards and a vocabulary.",
    discussion: """
      EXAMPLE: one file; a day of compressed files; a stream
        autoloss prepare criteo --input train.txt --out data
        autoloss prepare criteo --input day_0.gz --input day_1.gz --out data
        zcat day_*.gz | autoloss prepare criteo --input - --out data
      """,
    subcommands: [Criteo.self])
}

extension PrepareCommand {
  /// Criteo's display advertising challenge and rows of the same form.
  struct Criteo: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Encode rows of Criteo's form: label, 13 integers, 26 categories, tab-separated.",
      discussion: """
        Values that occur in fewer rows than --min-count share one id per field. The rows are \
        split by --seed into training, validation and test rows, 0.8, 0.1 and 0.1 of them. A line \
        that is no row ends the command with code 65 and its place, unless --max-bad-rows permits \
        to set it aside.

        EXAMPLE: from a file, and from compressed files with a few bad lines
          autoloss prepare criteo --input train.txt --out data --min-count 10 --seed 1
          autoloss prepare criteo --input day_0.gz --input day_1.gz --out data --max-bad-rows 100
        """)

    @Option(
      help: ArgumentHelp(
        "File or folder, plain or gzip, - for stdin; repeatable.", valueName: "path"))
    var input: [String]

    @Option(help: ArgumentHelp("Folder to create.", valueName: "folder"))
    var out: String

    @Option(help: ArgumentHelp("Rows a value needs to have an id of its own.", valueName: "n"))
    var minCount = 10

    @Option(
      help: ArgumentHelp("How many classes labels are of: 0, 1, … n − 1.", valueName: "n"))
    var classes = 2

    @Option(help: ArgumentHelp("Seed of the split.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Bad lines to set aside before giving up.", valueName: "n"))
    var maxBadRows = 0

    @Flag(help: "Replace a prepared data set that is there already.")
    var overwrite = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
      guard minCount >= 1 else { throw ValidationError("--min-count must be at least 1.") }
      guard (2...Manifest.maximumClasses).contains(classes) else {
        throw ValidationError("--classes must be from 2 to \(Manifest.maximumClasses).")
      }
      guard maxBadRows >= 0 else { throw ValidationError("--max-bad-rows must be at least 0.") }
      guard !input.isEmpty else { throw ValidationError("give at least one --input.") }
      guard input.count(where: { $0 == "-" }) <= 1 else {
        throw ValidationError("stdin can be read only once: give one --input - at most.")
      }
    }

    func run() throws {
      let display = WorkDisplay()
      let manifest = try preparation.run { progress in
        let share = progress.totalBytes.map { Double(progress.bytes) / Double(max(1, $0)) }
        display.show(progress.phase.rawValue, rows: progress.rows, share: share)
      }
      display.finish()
      try DataSummary(manifest, folder: out).print(json: report.json)
    }

    private var preparation: Preparation {
      var preparation = Preparation(inputs: input, output: out, schema: .criteo)
      preparation.minimumCount = minCount
      preparation.classes = classes
      preparation.seed = seed
      preparation.maximumBadRows = maxBadRows
      preparation.overwrite = overwrite
      preparation.threads = threads.count
      return preparation
    }
  }
}
