import ArgumentParser
import Datasets
import Reporting
import Training

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
    subcommands: [Data.self, Checkpoint.self])
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

extension InspectCommand {
  /// The model of a run.
  struct Checkpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what the model of a run or checkpoint is, with its checksum.",
      discussion: """
        The checksum is a SHA-256 over all parameters and optimizer state in canonical order: runs \
        of equal configuration, data and seed have equal ones, whatever they ran on.

        EXAMPLE: for people, for scripts, and one of several checkpoints
          autoloss inspect checkpoint run
          autoloss inspect checkpoint run --json
          autoloss inspect checkpoint run/checkpoints/step-000000500
        """)

    @Argument(
      help: ArgumentHelp("Folder of the run, or of one of its checkpoints.", valueName: "folder"))
    var folder: String

    @OptionGroup var report: ReportOptions

    func run() throws {
      let found = try CheckpointInspection.inspect(folder)
      if report.json { return try Output.json(found) }
      var table = ResultTable(["checkpoint", found.path])
      table.add(["model", found.model])
      table.add(["loss", found.strategy])
      table.add(["seed", "\(found.seed)"])
      table.add(["classes", "\(found.classes)"])
      table.add(["parameters", Figures.count(found.parameters)])
      table.add(["step", Figures.count(found.step)])
      table.add(["completed epochs", "\(found.epoch)"])
      table.add(["size", Figures.bytes(found.bytes)])
      if let best = found.best {
        table.add(["best validation AUC", Wording.auc(best.auc)])
        table.add(["its logloss", Figures.fixed(best.logloss, 5)])
        table.add(["its scaled logloss", Figures.fixed(best.scaledLogloss ?? .nan, 5)])
        table.add(["its calibration error", Figures.fixed(best.calibrationError ?? .nan, 5)])
        table.add(["at step", Figures.count(best.step)])
      }
      table.add(["data hash", found.dataHash])
      table.add(["checksum", found.checksum])
      try Output.line(table.text)
    }
  }
}
