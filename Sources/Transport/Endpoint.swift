/// An address of a socket.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// A TCP port. The host is a name or an IP address without brackets; `*` is every interface.
  /// Port 0 lets the system choose when binding.
  case tcp(host: String, port: UInt16)
  /// A name inside this process.
  case inproc(name: String)

  /// Reads `tcp://HOST:PORT` or `inproc://NAME`.
  ///
  /// - Throws: `TransportError.address` with what is wrong.
  public init(_ text: String) throws(TransportError) {
    let pieces = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3, pieces[1].isEmpty else {
      throw .address(text: text, reason: "it does not begin with tcp://")
    }
    switch pieces[0] {
    case "tcp:":
      self = try Self.tcp(String(pieces[2]), in: text)
    case "inproc:":
      guard !pieces[2].isEmpty else { throw .address(text: text, reason: "the name is empty") }
      self = .inproc(name: String(pieces[2]))
    default:
      throw .address(text: text, reason: "\(pieces[0])// is not a known kind of connection")
    }
  }

  /// The text that `init` reads.
  public var description: String {
    switch self {
    case .tcp(let host, let port):
      host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
    case .inproc(let name): "inproc://\(name)"
    }
  }

  /// Whether only processes of this machine can reach the address.
  public var isLocal: Bool {
    switch self {
    case .tcp(let host, _):
      host == "localhost" || host == "::1" || Self.isLoopback(host.split(separator: "."))
    case .inproc: true
    }
  }

  /// Whether it stands for every interface, and so for no machine by itself: `*`, or what becomes
  /// of it when a socket listens.
  public var isEverywhere: Bool {
    if case .tcp(let host, _) = self { ["*", "0.0.0.0", "::"].contains(host) } else { false }
  }

  /// The address as seen from a process that reached `other`: every interface becomes its host.
  public func reached(through other: Endpoint) -> Endpoint {
    guard isEverywhere, case .tcp(_, let port) = self, case .tcp(let host, _) = other else {
      return self
    }
    return .tcp(host: host, port: port)
  }

  /// The text for the library's bind, which knows no host names.
  var bindText: String {
    guard case .tcp("localhost", let port) = self else { return description }
    return "tcp://127.0.0.1:\(port)"
  }

  var isVersion6: Bool {
    if case .tcp(let host, _) = self { host.contains(":") } else { false }
  }

  private static func isLoopback(_ numbers: [Substring]) -> Bool {
    numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func tcp(_ rest: String, in text: String) throws(TransportError) -> Endpoint {
    guard let colon = rest.lastIndex(of: ":") else {
      throw .address(text: text, reason: "the port is missing")
    }
    var host = String(rest[..<colon])
    let digits = rest[rest.index(after: colon)...]
    guard let port = UInt16(digits) else {
      throw .address(text: text, reason: "\"\(digits)\" is not a port from 0 to 65535")
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw .address(text: text, reason: "an IPv6 address needs brackets, as in tcp://[::1]:5570")
    }
    guard !host.isEmpty else { throw .address(text: text, reason: "the host is missing") }
    let strange = host.first {
      !($0.isASCII && ($0.isLetter || $0.isNumber || ".-_:%*".contains($0)))
    }
    if let strange {
      throw .address(text: text, reason: "a host cannot contain \"\(strange)\"")
    }
    return .tcp(host: host, port: port)
  }
}
