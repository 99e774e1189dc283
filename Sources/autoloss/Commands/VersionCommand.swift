import ArgumentParser
import Kernels

/// Tells which release this is, and for which processors it was built.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the release of this build.",
    discussion: """
      EXAMPLE: for a person, and for a script
        autoloss version
        autoloss version --json
      """)

  @OptionGroup var report: ReportOptions

  func run() throws {
    if report.json {
      try Output.json(["instructions": InstructionSet.name, "version": Version.text])
    } else {
      try Output.line("autoloss \(Version.build)")
    }
  }
}
