import Messages
import Synchronization

/// Which connection of a process this is: its routing id, 20 bytes, the process's identity first.
///
/// A listener that has not noticed the end of a connection, because it was busy or frozen or the
/// network took the news away, ignores a later one of the same routing id for ever. So each attempt
/// has a number of its own, and the highest one that was heard from is where the process is now.
struct ConnectionName: Equatable, Sendable {
  /// The process.
  var peer: PeerIdentity
  /// Ascending over all connections of the process.
  var number: UInt32

  private static let last = Atomic<UInt32>(0)

  init(_ peer: PeerIdentity, number: UInt32) {
    (self.peer, self.number) = (peer, number)
  }

  /// The name of the next connection of this process.
  static func next(of peer: PeerIdentity) -> ConnectionName {
    ConnectionName(peer, number: last.add(1, ordering: .relaxed).newValue)
  }

  /// What a routing id says; nil when it is none of this protocol.
  init?(bytes: [UInt8]) {
    guard bytes.count == 20 else { return nil }
    peer = bytes[..<16].reduce(0) { $0 << 8 | PeerIdentity($1) }
    number = bytes[16...].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The routing id, highest bytes first.
  var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: peer >> (120 - 8 * $0)) }
      + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}
