import Transport

/// The coordinator's two listening sockets: small control messages, and bulk beside them.
struct CoordinatorSockets {
  let control: Router
  let data: Router
  /// Where they really listen.
  let controlEndpoint: Endpoint
  let dataEndpoint: Endpoint

  /// Listens on `listen` for control and on a free port of the same interface for data.
  init(listen: String, allowInsecure: Bool) throws {
    let context = try Context()
    var options = SocketOptions()
    options.allowInsecure = allowInsecure
    let endpoint = try Endpoint(listen)
    control = try Router(in: context, options: options)
    data = try Router(in: context, options: options)
    controlEndpoint = try control.bind(endpoint)
    dataEndpoint = try data.bind(endpoint.onFreePort)
  }
}

extension Endpoint {
  /// The same interface, with a port that the system chooses.
  fileprivate var onFreePort: Endpoint {
    switch self {
    case .tcp(let host, _): .tcp(host: host, port: 0)
    case .inproc(let name): .inproc(name: name + "-data")
    }
  }
}
