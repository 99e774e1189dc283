import Glibc
import Messages

/// What happened at a socket.
public enum SocketEvent: Sendable {
  /// A whole message came. At a `Dealer` the peer is 0.
  case message(Message, from: PeerIdentity)
  /// Bytes came that make no message; nothing of them is used.
  case malformed(WireError, from: PeerIdentity)
  /// A connection is established; the text names the address.
  case connected(String)
  /// A connection broke. At a `Dealer` everything that was on its way may be lost.
  case disconnected(String)
  /// A connection was not established; the text says where and why.
  case refused(String)
  /// `Router` only: the peer cannot be reached any more.
  case lost(PeerIdentity)
}

/// What became of a message that was to be sent. Never a promise that it arrives.
public enum SendOutcome: Equatable, Sendable {
  /// The library or the own queue has all of it.
  case accepted
  /// There is no such peer.
  case unreachable
  /// Too many bytes wait for the peer already: it does not read.
  case full
}

/// The clock of the edge: never set back, counts while the process is stopped.
public enum Uptime {
  /// Milliseconds since the machine's start.
  public static var milliseconds: UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }
}
