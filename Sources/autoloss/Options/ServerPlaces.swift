import ArgumentParser
import Foundation
import Training

/// Where a server finds its coordinator, and where workers find the server. Flags win over the
/// environment.
struct ServerPlaces: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the coordinator listens (default: AUTOLOSS_COORDINATOR, or from Slurm's job).",
      valueName: "tcp://host:port"))
  var coordinator: String?

  @Option(
    help: ArgumentHelp(
      "Where workers reach this server; port 0 is any free one (default: AUTOLOSS_SERVER_LISTEN, "
        + "or a free port of the address from which this machine reaches the coordinator).",
      valueName: "tcp://host:port"))
  var listen: String?

  @Option(
    help: ArgumentHelp(
      "Interface to listen on when it is not the host of --listen: an address, a device, or * "
        + "(default: AUTOLOSS_SERVER_BIND).",
      valueName: "interface"))
  var bind: String?

  @Option(
    help: ArgumentHelp(
      "The name of this machine that workers are told, when it is neither (default: "
        + "AUTOLOSS_SERVER_ADVERTISE).",
      valueName: "host"))
  var advertise: String?

  /// What was said: each from its flag, or else from the environment; nil where nobody says it.
  struct Addresses: Equatable {
    var coordinator: String
    var listen: String?
    var bind: String?
    var advertise: String?
  }

  /// The addresses.
  func addresses(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Addresses {
    func said(_ flag: String?, _ variable: String) -> String? {
      let text = flag ?? environment[variable] ?? ""
      return text.isEmpty ? nil : text
    }
    return Addresses(
      coordinator: try WorkerPlaces.address(coordinator, environment),
      listen: said(listen, "AUTOLOSS_SERVER_LISTEN"), bind: said(bind, "AUTOLOSS_SERVER_BIND"),
      advertise: said(advertise, "AUTOLOSS_SERVER_ADVERTISE"))
  }
}
