import ArgumentParser
import Foundation
import Training

/// Computes slices for a coordinator.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Compute slices for a coordinator until its run is over.",
    discussion: """
      The configuration comes from the coordinator, so the same line runs on every machine. The \
      data folder is this machine's copy of the coordinator's prepared data.

      EXAMPLE: on the coordinator's machine, and with two threads
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data --threads 2 --json
      """)

  @OptionGroup var places: WorkerPlaces

  @Option(
    help: ArgumentHelp(
      "How long to look for a coordinator that is not there yet, or went away.",
      valueName: "seconds"))
  var connectTimeout = 600

  @OptionGroup var keys: KeyOptions

  @Option(help: ArgumentHelp("Which key of the folder, if it has several.", valueName: "name"))
  var keyName: String?

  @Flag(help: "Permit plain connections beyond loopback.")
  var insecure = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var logging: LogOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (1...1_000_000).contains(connectTimeout) else {
      throw ValidationError("--connect-timeout must be 1 to 1000000, not \(connectTimeout).")
    }
  }

  func run() throws {
    let stop = StopSignal()
    let identity = ProcessIdentity()
    let log = RunLog(try logging.resolve(), role: "worker", name: identity.name)
    do {
      if let task = SchedulerTask.name(ProcessInfo.processInfo.environment) {
        log.logger.notice("this is \(task)")
      }
      let summary = try WorkerProcess.run(
        coordinator: places.address(), dataFolder: places.folder(), threads: threads.count,
        keys: WorkerKeys(
          folder: keys.folder(), name: keyName,
          allowInsecure: insecure || places.allowsInsecure()),
        connectSeconds: connectTimeout, build: Version.build, identity: identity,
        stop: stop, notice: { log.logger.notice("\($0)") })
      if report.json {
        try Output.json(summary)
      } else {
        try Output.line(Wording.worker(summary))
      }
      if let failure = summary.failure {
        throw summary.firstFailure.map { RunFailure(failure, first: $0) } ?? failure
      }
    } catch {
      throw log.ending(error)
    }
  }
}
