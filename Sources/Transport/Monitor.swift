import CZeroMQ
import Kernels
import Synchronization

/// What the library reports about the connections of a socket.
enum ConnectionEvent: Equatable {
  case connected(String)
  case disconnected(String)
  case refused(Refusal)
}

/// Reads the library's reports about one socket.
final class Monitor {
  let socket: RawSocket
  private let watched: RawSocket
  private static let counter = Atomic<UInt64>(0)

  /// Begins to watch `watched`.
  init(_ watched: RawSocket, in context: Context) throws(TransportError) {
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    let name = "inproc://autoloss-monitor-\(number)"
    // Not ZMQ_EVENT_ACCEPT_FAILED: without a free descriptor the library tries again at once and
    // reports each attempt, millions of them; the router looks for itself.
    let events =
      ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
      | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
      | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    guard unsafe zmq_socket_monitor(watched.pointer, name, events) == 0 else {
      throw .socket(operation: "watching a socket", reason: lastReason())
    }
    self.watched = watched
    socket = try RawSocket(ZMQ_PAIR, in: context)
    try socket.set(ZMQ_LINGER, 0)
    // When there is no room for a report, the library's own thread waits and serves no connection;
    // with its usual 2,000, 5,000 strangers were enough for that while the owner computed.
    try socket.set(ZMQ_RCVHWM, 100_000)
    try socket.connect(name)
  }

  /// The next report, or nil when there is none.
  func next() -> ConnectionEvent? {
    while let parts = socket.receive() {
      guard parts.count == 2, parts[0].count == 6 else { continue }
      let place = String(decoding: parts[1].array, as: UTF8.self)
      switch Int32(parts[0].load(UInt16.self, at: 0)) {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected(place)
      case ZMQ_EVENT_DISCONNECTED: return .disconnected(place)
      case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        return .refused(Refusal(cause: .brokenOff, place: place))
      case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        let number = parts[0].load(UInt32.self, at: 2)
        return .refused(Refusal(cause: .init(protocolError: number), place: place))
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        return .refused(Refusal(cause: .key, place: place))
      default: continue
      }
    }
    return nil
  }

  /// Stops watching; before the watched socket is closed.
  func close() {
    _ = unsafe zmq_socket_monitor(watched.pointer, nil, 0)
    socket.close(lingerMilliseconds: 0)
  }
}
