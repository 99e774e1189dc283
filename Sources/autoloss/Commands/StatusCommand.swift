import ArgumentParser
import Foundation
import Reporting
import Training

/// Shows how a run stands.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Ask a coordinator how its run stands.",
    discussion: """
      Who asks takes no part in the run. A coordinator that reads or writes a checkpoint answers \
      when it is done with it; without an answer in time the exit code is 69. docs/operating.md \
      explains every figure.

      EXAMPLE: once, every second, and for a program
        autoloss status --coordinator tcp://127.0.0.1:5570
        autoloss status --coordinator tcp://127.0.0.1:5570 --watch
        autoloss status --coordinator tcp://10.0.0.1:5570 --keys keys --json
      """)

  @OptionGroup var caller: CallerOptions

  @Flag(help: "Ask again every second, until there is no answer.")
  var watch = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    let coordinator = try caller.connect()
    defer { coordinator.close() }
    let clears = watch && !report.json && Terminal.standardOutput.redraws
    repeat {
      let status = try coordinator.status(within: caller.timeout)
      if report.json {
        try Output.json(status)
      } else {
        try Output.line((clears ? "\u{1B}[H\u{1B}[2J" : "") + StatusText.text(status))
      }
      if watch { Thread.sleep(forTimeInterval: 1) }
    } while watch
  }
}
