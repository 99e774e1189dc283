/// What the network or its library refused.
public enum TransportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is not an address.
  case address(text: String, reason: String)
  /// Others could read or join the run at this address, and nothing protects it.
  case insecure(endpoint: String)
  /// The library is too old to be safe.
  case library(version: String)
  /// The address cannot be bound or connected to.
  case endpoint(operation: String, endpoint: String, reason: String)
  /// The library refused an operation on a socket.
  case socket(operation: String, reason: String)

  /// One sentence: the operation, the place, and what to do.
  public var description: String {
    switch self {
    case .address(let text, let reason):
      "\"\(text)\" is not an address: \(reason); write tcp://HOST:PORT, "
        + "as in tcp://127.0.0.1:5570"
    case .insecure(let endpoint):
      "\(endpoint) can be reached from other machines and the connection is not encrypted; "
        + "use keys, or a loopback address, or allow it explicitly on a network that you trust"
    case .library(let version):
      "libzmq \(version) has known security holes; install version 4.3.3 or newer"
    case .endpoint(let operation, let endpoint, let reason):
      "cannot \(operation) \(endpoint): \(reason)"
    case .socket(let operation, let reason):
      "\(operation) failed: \(reason)"
    }
  }
}
