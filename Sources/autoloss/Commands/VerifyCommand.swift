import ArgumentParser
import Reporting
import Training

/// Checks checkpoints against their manifests.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check the files of checkpoints against their manifests.",
    discussion: """
      Reads every file and compares sizes, hashes and shapes. One line for each checkpoint; the \
      exit code is 65 when one is damaged, 66 when there is none.

      EXAMPLE: all checkpoints of two runs, a single one, for scripts
        autoloss verify run other-run
        autoloss verify run/checkpoints/step-000000500
        autoloss verify run --json
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs, or of single checkpoints.", valueName: "path"))
  var paths: [String]

  @OptionGroup var report: ReportOptions

  func run() throws {
    let found = try paths.flatMap { try CheckpointVerification.verify($0) }
    if report.json {
      try Output.json(found)
    } else {
      for finding in found { try Output.line(Self.line(finding)) }
    }
    let damaged = found.filter { !$0.isWhole }
    guard let first = damaged.first else { return }
    throw Failure(
      "\(damaged.count) of \(found.count) checkpoints \(damaged.count == 1 ? "is" : "are") damaged",
      at: first.path,
      remedy: "restore it from a copy, or remove it: --resume auto takes the newest whole one",
      exitCode: .badData)
  }

  private static func line(_ finding: CheckpointVerification.Finding) -> String {
    let names =
      finding.pointers.isEmpty ? "" : " (\(finding.pointers.joined(separator: ", ")))"
    if let problem = finding.problem { return "damaged  \(finding.path)\(names): \(problem)" }
    return "whole    \(finding.path)\(names): \(finding.files) files, "
      + Figures.bytes(finding.bytes)
  }
}
