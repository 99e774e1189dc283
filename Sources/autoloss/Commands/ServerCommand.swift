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

      On several machines every line names the coordinator as the network knows it, and needs keys \
      (or --insecure); a server then listens on the address from which it reaches the coordinator, \
      and workers are told that one.

      EXAMPLE: a coordinator, two servers and a worker on one machine
        autoloss coordinator --data data --out run --listen tcp://127.0.0.1:5570 --servers 2
        autoloss server --coordinator tcp://127.0.0.1:5570
        autoloss server --coordinator tcp://127.0.0.1:5570
        autoloss worker --coordinator tcp://127.0.0.1:5570 --data data

      EXAMPLE: on a machine of its own, with the keys of `autoloss keys generate`; at a fixed port
        autoloss server --coordinator tcp://10.0.0.1:5570 --keys keys
        autoloss server --coordinator tcp://10.0.0.1:5570 --keys keys --listen tcp://10.0.0.2:5572
      """)

  @OptionGroup var places: ServerPlaces

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
      let environment = ProcessInfo.processInfo.environment
      let addresses = try places.addresses(environment)
      let summary = try ServerProcess.run(
        coordinator: addresses.coordinator, listen: addresses.listen, bind: addresses.bind,
        advertise: addresses.advertise, threads: threads.count, keys: keys.folder(environment),
        allowInsecure: insecure || WorkerPlaces.allowsInsecure(environment),
        connectSeconds: connectTimeout, build: Version.build, identity: identity,
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
