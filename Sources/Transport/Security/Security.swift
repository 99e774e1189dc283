import CZeroMQ

/// How the connections of a socket are protected (CURVE, rfc.zeromq.org/spec/26).
public enum Security: Equatable, Sendable {
  /// Not at all: for loopback, or a network that is trusted.
  case plain
  /// Listens with this pair. Who may connect is decided by the context's allow-list.
  case listening(KeyPair)
  /// Connects with this pair, and only to the one who has the secret half of `to`.
  case connecting(KeyPair, to: PublicKey)

  /// Whether others can neither read nor join.
  public var isEncrypted: Bool { self != .plain }
}

extension Security {
  /// Of a coordinator or, as `KeyFolder.server`, of an owner of parameters.
  public static func listening(
    as name: String = KeyFolder.coordinator, keys: KeyFolder
  ) throws(KeyError) -> Security {
    .listening(try keys.pair(name))
  }

  /// Of `name` that connects to the one whose key is `peer`.
  public static func connecting(
    as name: String, to peer: String = KeyFolder.coordinator, keys: KeyFolder
  ) throws(KeyError) -> Security {
    .connecting(try keys.pair(name), to: try keys.publicKey(peer))
  }
}

extension RawSocket {
  /// Lets the library ask the context's allow-list at each connection, and refuse old forms of its
  /// protocol, which cannot be asked about.
  func askWhoMayConnect() throws(TransportError) {
    try set(ZMQ_ZAP_DOMAIN, bytes: Array("autoloss".utf8))
  }

  /// Sets the keys; before the socket is bound or connected.
  func apply(_ security: Security) throws(TransportError) {
    switch security {
    case .plain: return
    case .listening(let pair):
      try set(ZMQ_CURVE_SERVER, 1)
      try set(ZMQ_CURVE_SECRETKEY, bytes: pair.secret)
      // Without somebody who answers for it the library would admit everybody; `Router` sees to it
      // that the context has an allow-list, which answers as long as there are sockets.
      try askWhoMayConnect()
    case .connecting(let pair, let peer):
      try set(ZMQ_CURVE_SERVERKEY, bytes: peer.bytes)
      try set(ZMQ_CURVE_PUBLICKEY, bytes: pair.publicKey.bytes)
      try set(ZMQ_CURVE_SECRETKEY, bytes: pair.secret)
    }
  }
}
