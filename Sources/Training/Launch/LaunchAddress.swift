import Transport

/// Where a run's coordinator is, as the surroundings of a process tell.
///
/// Every process of a job reads the same variables, so coordinator and workers agree without being
/// told: `AUTOLOSS_COORDINATOR`, or else what Slurm says of the job.
public struct LaunchAddress: Equatable, Sendable {
  /// What workers connect to.
  public let coordinator: String
  /// What the coordinator listens on: every interface, unless the address is a loopback one.
  let listen: String
  /// The host told to workers.
  let advertise: String
  /// The port of the data socket; 0 is any free one.
  let dataPort: UInt16
  /// The variable that it comes from.
  let variable: String

  /// The name of the variable that says it outright.
  public static let variable = "AUTOLOSS_COORDINATOR"

  /// Reads the environment; nil when it says nothing about a coordinator.
  ///
  /// - Throws: `TransportError.address` or `Failure` when it says something meaningless.
  public static func read(_ environment: [String: String]) throws -> LaunchAddress? {
    if let text = environment[variable], !text.isEmpty { return try Self(text) }
    return try slurm(environment)
  }

  private init(_ text: String) throws {
    let endpoint = try Endpoint(text)
    guard case .tcp(let host, let port) = endpoint, host != "*", port > 0 else {
      throw Failure(
        "\"\(text)\" is no address to connect to", at: "environment variable \(Self.variable)",
        remedy: "write tcp://HOST:PORT", exitCode: .usage)
    }
    self.init(host: host, port: port, dataPort: 0, variable: Self.variable)
  }

  private init(host: String, port: UInt16, dataPort: UInt16, variable: String) {
    let endpoint = Endpoint.tcp(host: host, port: port)
    coordinator = endpoint.description
    listen = endpoint.isLocal ? coordinator : "tcp://*:\(port)"
    advertise = endpoint.isLocal ? "" : host
    self.dataPort = dataPort
    self.variable = variable
  }

  /// The first node of a Slurm job, and two ports that jobs of one time do not share: an even one
  /// from 20000 for control, the next for data, below those that systems give out by themselves.
  private static func slurm(_ environment: [String: String]) throws -> LaunchAddress? {
    guard let text = environment["SLURM_JOB_ID"], let nodes = environment["SLURM_JOB_NODELIST"]
    else { return nil }
    guard let job = UInt64(text), let first = HostList.expand(nodes)?.first else {
      throw Failure(
        "Slurm's job \"\(text)\" on \"\(nodes)\" is not understood",
        at: "environment variables SLURM_JOB_ID and SLURM_JOB_NODELIST",
        remedy: "say where the coordinator is: \(variable)=tcp://HOST:PORT", exitCode: .usage)
    }
    let port = UInt16(20_000 + job % 5_000 * 2)
    return LaunchAddress(
      host: first, port: port, dataPort: port + 1, variable: "SLURM_JOB_ID")
  }
}

extension ConfigurationResolver {
  /// Lets a coordinator listen where the environment says that it is, unless flags, `--set` or
  /// `AUTOLOSS__CLUSTER__LISTEN` already said so; a file gives way. Call it last.
  public mutating func apply(launch environment: [String: String]) throws {
    guard givesWay("cluster.listen"), let address = try LaunchAddress.read(environment) else {
      return
    }
    let values = [
      ("cluster.listen", address.listen), ("cluster.advertise", address.advertise),
      ("cluster.dataPort", "\(address.dataPort)"),
    ]
    for (path, text) in values where givesWay(path) {
      try apply(variable: address.variable, to: path, text)
    }
  }
}
