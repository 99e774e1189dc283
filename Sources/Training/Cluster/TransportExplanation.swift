import Transport

/// Errors of connections, told so that a person can act on them.
extension TransportError: Explained {
  /// The sentence of the error, without the address and without the remedy.
  public var what: String {
    switch self {
    case .address(let text, let reason): "\"\(text)\" is not an address: \(reason)"
    case .insecure:
      "the address can be reached from other machines and connections are not encrypted"
    case .library(let version): "libzmq \(version) has known security holes"
    case .endpoint(let operation, _, let reason): "cannot \(operation): \(reason)"
    case .socket(let operation, let reason): "\(operation) failed: \(reason)"
    }
  }
  /// The address, where one is meant.
  public var place: String? {
    switch self {
    case .insecure(let endpoint), .endpoint(_, let endpoint, _): endpoint
    case .address, .library, .socket: nil
    }
  }
  /// What to do about it.
  public var remedy: String {
    switch self {
    case .address: "write tcp://HOST:PORT, as in tcp://127.0.0.1:5570"
    case .insecure:
      "give both sides --keys FOLDER (docs/security.md), or use tcp://127.0.0.1:PORT, "
        + "or --insecure on a network that you trust"
    case .library: "install version 4.3.3 or newer"
    case .endpoint: "check that the address belongs to this machine and its port is free"
    case .socket: "check the limit of open files (ulimit -n)"
    }
  }
  /// Usage and configuration for what was asked for, unavailable for what the system refused.
  public var exitCode: ExitCode {
    switch self {
    case .address: .usage
    case .insecure: .configuration
    case .library, .endpoint, .socket: .unavailable
    }
  }
}
