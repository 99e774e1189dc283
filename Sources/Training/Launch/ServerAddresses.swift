import Transport

/// Where a server's socket listens, and how workers are told to reach it.
struct ServerAddresses: Equatable {
  /// The address on this machine; port 0 is any free one.
  let listen: Endpoint
  /// The host told to workers; nil when it is the one that the socket listens on.
  let advertised: String?
  /// Where the coordinator is, as this server reaches it.
  let coordinator: Endpoint

  /// Puts together what was said.
  ///
  /// - Parameters:
  ///   - coordinator: where the coordinator is.
  ///   - listen: `tcp://HOST:PORT`; nil means any free port of the interface from which this
  ///     machine reaches the coordinator. A host of `*` is every interface.
  ///   - bind: the interface to listen on (an address, the name of a device, or `*`) when it is
  ///     not HOST, which is then the name that workers use.
  ///   - advertise: the host told to workers, when it is neither.
  ///   - host: the address of this machine from which it reaches the coordinator; asked for only
  ///     where nothing else says it.
  /// - Throws: what `host` throws, `TransportError.address`, or `Failure` for what is no address
  ///   of a server.
  init(
    coordinator: Endpoint, listen: String? = nil, bind: String? = nil, advertise: String? = nil,
    host: () throws -> String
  ) throws {
    self.coordinator = coordinator
    var (name, port): (String?, UInt16) = (nil, 0)
    if let listen {
      guard case .tcp(let host, let number) = try Endpoint(listen) else {
        throw Failure(
          "a server listens for other processes", at: listen, remedy: "listen on tcp://HOST:PORT",
          exitCode: .usage)
      }
      (name, port) = (host, number)
    }
    let reachable = name.flatMap { Endpoint.tcp(host: $0, port: port).isEverywhere ? nil : $0 }
    let interface: String =
      if let bind { try Self.host(bind) } else { try name ?? host() }
    self.listen = .tcp(host: interface, port: port)
    if let advertise {
      advertised = try Self.host(advertise)
    } else if self.listen.isEverywhere {
      advertised = try reachable ?? host()
    } else {
      advertised = bind == nil ? nil : reachable
    }
  }

  /// The address that workers are told for a socket that listens on `bound`.
  ///
  /// Throws `Failure` when nobody could use it: the worker would wait for a server that it does
  /// not find, on a machine that nobody names.
  func told(for bound: Endpoint) throws -> Endpoint {
    var told = bound
    if let advertised, case .tcp(_, let port) = bound { told = .tcp(host: advertised, port: port) }
    if let objection = Self.objection(to: told.description, coordinator: coordinator) {
      throw Failure(
        objection, at: "\(told)",
        remedy: "leave --listen out, or say by --advertise HOST how workers reach this machine",
        exitCode: .configuration)
    }
    return told
  }

  /// Why workers cannot use the address that a server tells, in one sentence; nil when they can, as
  /// far as one can see. `coordinator` is where workers, or the server, find the coordinator.
  static func objection(to address: String, coordinator: Endpoint) -> String? {
    guard let told = try? Endpoint(address) else {
      return "\"\(address)\" is no address by which workers reach a server"
    }
    switch told {
    case .inproc: return nil
    case .tcp(_, let port):
      if told.isEverywhere || port == 0 { return "workers cannot connect to \(told)" }
      guard told.isLocal, !coordinator.isLocal else { return nil }
      return "workers on other machines cannot reach a server at \(told), and the coordinator at "
        + "\(coordinator) is for other machines"
    }
  }

  private static func host(_ text: String) throws -> String {
    guard case .tcp(let host, _) = try Endpoint("tcp://\(text):1") else {
      preconditionFailure("an address of TCP is one")
    }
    return host
  }
}
