import ArgumentParser
import Foundation
import Training

/// Owns a part of the parameters for a coordinator.
struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Own a part of the parameters until a coordinator's run is over.",
    discussion: """
      A coordinator that is started with --servers N waits for N servers, gives them the \
      parameters and leaves pulls and pushes to them; more servers wait as spares. When one is \
      lost, the run goes on from its last checkpoint as soon as N are there again. The model is \
      the same, bit for bit, with any number of servers.

      EXAMPLE: a coordinator, two servers and a worker on one machine
        autoloss coordinator --data data --out run --listen tcp://127.0.0.1:5570 --servers 2
        autoloss server --coordinator tcp://127.0.0.1:5570
        autoloss server --coordinator tcp://127.0.0.1:5570
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data
      """)

  @Option(
    help: ArgumentHelp(
      "Where the coordinator listens (default: AUTOLOSS_COORDINATOR, or from Slurm's job).",
      valueName: "tcp://host:port"))
  var coordinator: String?

  @Option(
    help: ArgumentHelp(
      "Where workers reach this server; port 0 lets the system choose.",
      valueName: "tcp://host:port"))
  var listen = "tcp://127.0.0.1:0"

  @Option(
    help: ArgumentHelp("The name of this host that workers are told.", valueName: "host"))
  var advertise: String?

  @Option(
    help: ArgumentHelp(
      "How long to look for a coordinator that is not there yet, or went away.",
      valueName: "seconds"))
  var connectTimeout = 600

  @OptionGroup var keys: KeyOptions

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
    let identity = ProcessIdentity()
    let log = RunLog(try logging.resolve(), role: "server", name: identity.name)
    do {
      let summary = try ServerProcess.run(
        coordinator: try WorkerPlaces.address(
          coordinator, ProcessInfo.processInfo.environment), listen: listen, advertise: advertise,
        threads: threads.count,
        keys: keys.folder(), allowInsecure: insecure, connectSeconds: connectTimeout,
        build: Version.build, identity: identity,
        notice: { log.logger.log(level: $1.ofLogger, "\($0)") })
      if report.json {
        try Output.json(summary)
      } else {
        try Output.line(Wording.server(summary))
      }
      if let failure = summary.failure {
        throw summary.firstFailure.map { RunFailure(failure, first: $0) } ?? failure
      }
    } catch {
      throw log.ending(error)
    }
  }
}
