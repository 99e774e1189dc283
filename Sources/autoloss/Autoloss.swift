import ArgumentParser
import Foundation
import Kernels
import Reporting
import Training

/// The command-line tool.
@main
struct Autoloss: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoloss",
    abstract: "Train click-through-rate models whose loss function is searched for.",
    discussion: """
      Results go to stdout, everything else to stderr. The exit code tells what happened: 0 done, \
      64 wrong command line, 65 bad data, 66 missing input, 75 stopped after a checkpoint (run \
      again with --resume auto), 78 wrong configuration; docs/exit-codes.md has them all.

      EXAMPLE: from nothing to a model and its quality
        autoloss synth --rows 100000 --out raw.tsv --seed 1
        autoloss prepare criteo --input raw.tsv --out data --min-count 10 --seed 1
        autoloss train --data data --out run --loss autoloss
        autoloss evaluate --run run --data data --split test
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Models",
        subcommands: [
          TrainCommand.self, CoordinatorCommand.self, ServerCommand.self, WorkerCommand.self,
          EvaluateCommand.self,
          PredictCommand.self, ReportCommand.self,
        ]),
      CommandGroup(name: "Science", subcommands: [StudyCommand.self, TuneCommand.self]),
      CommandGroup(name: "Operation", subcommands: [StatusCommand.self, DrainCommand.self]),
      CommandGroup(
        name: "Data",
        subcommands: [
          SynthCommand.self, PrepareCommand.self, InspectCommand.self, VerifyCommand.self,
        ]),
      CommandGroup(
        name: "Settings",
        subcommands: [
          ConfigCommand.self, KeysCommand.self, ModelsCommand.self, LossesCommand.self,
          StrategiesCommand.self, VersionCommand.self,
        ]),
    ])

  /// Runs one command; every way out has its documented code.
  static func main() {
    // A limit on the size of files is an error to be told, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    _ = BlasSetup.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(error)
    }
  }

  private static func leave(_ error: any Error) -> Never {
    Console.standardError.clearStatus()
    if let explained = Explanation.of(error) {
      Console.standardError.line(explained.description)
      exit(withError: ArgumentParser.ExitCode(explained.exitCode.rawValue))
    }
    exit(withError: error)
  }
}
