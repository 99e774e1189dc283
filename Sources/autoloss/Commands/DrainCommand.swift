import ArgumentParser
import Training

/// Lets a run, or one of its workers, come to an end without losing work.
struct DrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Let a worker leave a run, or let the whole run save and stop.",
    discussion: """
      With --worker, that worker finishes what it holds, gets nothing more and ends with 0. \
      Without, the coordinator writes a checkpoint and ends with 75, as on SIGTERM, and so do its \
      workers. The command returns when the coordinator has taken notice.

      EXAMPLE: one worker by its name or rank, then the run
        autoloss drain --coordinator tcp://127.0.0.1:5570 --worker 3f2a9c01
        autoloss drain --coordinator tcp://127.0.0.1:5570
      """)

  @OptionGroup var caller: CallerOptions

  @Option(
    help: ArgumentHelp("The worker's name or rank, as status tells them.", valueName: "name"))
  var worker: String?

  func run() throws {
    let coordinator = try caller.connect()
    defer { coordinator.close() }
    try Output.line(try coordinator.drain(worker: worker, within: caller.timeout))
  }
}
