import Transport

/// Where the coordinator's sockets listen, and how workers are told to reach them.
struct CoordinatorAddresses: Equatable {
  /// The control socket's address on this machine.
  let control: Endpoint
  /// The data socket's, with port 0 for any free one.
  let data: Endpoint
  /// The host told to workers; nil when it is the one they have reached the control socket by.
  let advertised: String?

  /// Puts together what was configured.
  ///
  /// - Parameters:
  ///   - listen: `tcp://HOST:PORT` of the control socket.
  ///   - bind: the interface to listen on (an address, the name of a device, or `*`) when it is
  ///     not HOST, which is then the name that workers use. Empty means HOST.
  ///   - advertise: the host told to workers, when it is neither.
  ///   - dataPort: a fixed port for the data socket; 0 means any free one.
  /// - Throws: `TransportError.address`, or `Failure` when the parts contradict each other.
  init(listen: String, bind: String = "", advertise: String = "", dataPort: Int = 0) throws {
    let endpoint = try Endpoint(listen)
    guard case .tcp(let host, let port) = endpoint else {
      guard case .inproc(let name) = endpoint, bind.isEmpty, advertise.isEmpty else {
        throw Failure(
          "an address inside this process has no interface", at: listen,
          remedy: "listen on tcp://HOST:PORT", exitCode: .configuration)
      }
      (control, data, advertised) = (endpoint, .inproc(name: name + "-data"), nil)
      return
    }
    guard port == 0 || Int(port) != dataPort else {
      throw Failure(
        "control and data need a port each, not both \(port)", at: "cluster.dataPort",
        remedy: "set --data-port \(port == 65_535 ? port - 1 : port + 1), or 0 for any free port",
        exitCode: .configuration)
    }
    control = bind.isEmpty ? endpoint : try Endpoint("tcp://\(bind):\(port)")
    guard case .tcp(let interface, _) = control, let second = UInt16(exactly: dataPort) else {
      preconditionFailure("\(dataPort) is not a port")
    }
    data = .tcp(host: interface, port: second)
    if !advertise.isEmpty {
      advertised = try Self.host(advertise)
    } else {
      advertised = bind.isEmpty || host == "*" ? nil : host
    }
  }

  /// The address that workers are told for a socket that listens on `bound`.
  func told(for bound: Endpoint) -> Endpoint {
    guard let advertised, case .tcp(_, let port) = bound else { return bound }
    return .tcp(host: advertised, port: port)
  }

  /// The host of an address, without the brackets of version 6; throws when it is none.
  private static func host(_ text: String) throws -> String {
    guard case .tcp(let host, _) = try Endpoint("tcp://\(text):1"), host != "*" else {
      throw Failure(
        "workers cannot connect to every host", at: "cluster.advertise",
        remedy: "name this machine as workers know it", exitCode: .configuration)
    }
    return host
  }
}

extension CoordinatorAddresses {
  /// What a configuration says.
  init(_ cluster: RunConfiguration.Cluster) throws {
    try self.init(
      listen: cluster.listen, bind: cluster.bind, advertise: cluster.advertise,
      dataPort: cluster.dataPort)
  }
}
