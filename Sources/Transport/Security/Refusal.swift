import CZeroMQ

/// A connection that was not established: why, and what to say about it.
struct Refusal: Equatable {
  /// What the library found.
  enum Cause: Equatable {
    /// This process may have no more files and connections open.
    case notAccepted
    /// The other side went away in the middle.
    case brokenOff
    /// The other side speaks another protocol.
    case foreign
    /// One side has keys, the other has none.
    case otherMechanism
    /// It was enciphered for, or by, another key.
    case undecipherable
    /// The key is not in the allow-list.
    case key
  }

  /// Which side of the connection tells.
  enum Side { case listening, connecting }

  var cause: Cause
  /// The address of the listening side.
  var place: String

  /// One line: what was refused and what to do about it.
  func sentence(_ side: Side, _ security: Security) -> String {
    "\(place): " + (side == .listening ? listening(security) : connecting(security))
  }

  private func listening(_ security: Security) -> String {
    switch cause {
    case .notAccepted:
      "no connection can be accepted, for all \(OpenFiles.limit) files that this process may open "
        + "are open; raise the limit (ulimit -n), and let strangers not connect (a firewall)"
    case .brokenOff:
      "a connection ended before it had introduced itself; if it is a worker of this run, "
        + "its own log says why"
    case .foreign: "a connection that does not speak this protocol is refused"
    case .otherMechanism where security.isEncrypted:
      "a connection without a key is refused; if it is a worker of this run, start it with --keys"
    case .otherMechanism:
      "a connection with a key is refused, for this side has none; start this side with --keys"
    case .undecipherable:
      "a connection is refused that expects another key here; "
        + "if it is a worker of this run, give it this side's .pub file"
    case .key: "a connection is refused whose key is not in the allow-list"
    }
  }

  private func connecting(_ security: Security) -> String {
    switch (cause, security) {
    case (.brokenOff, .connecting(_, let peer)):
      "the other side breaks off the handshake: its key is probably not \(peer.fingerprint), "
        + "which is expected here; copy its .pub file into the folder of --keys"
    case (.notAccepted, _), (.brokenOff, _): "the other side broke off the handshake"
    case (.foreign, _): "the other side does not speak this protocol; check the address"
    case (.otherMechanism, .connecting):
      "the other side has no keys; start it with --keys as well"
    case (.otherMechanism, _):
      "the other side asks for a key; start this process with --keys FOLDER"
    case (.undecipherable, _):
      "what the other side answers cannot be deciphered; copy its .pub file again"
    case (.key, .connecting(let pair, _)):
      "the other side does not admit the key \(pair.publicKey.fingerprint); "
        + "copy its .pub file into the folder `allowed` there"
    case (.key, _): "the other side does not admit us"
    }
  }
}

extension Refusal.Cause {
  /// The cause of a failed handshake that the library names by this number.
  init(protocolError number: UInt32) {
    switch Int64(number) {
    case Int64(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH): self = .otherMechanism
    case Int64(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC): self = .undecipherable
    default: self = .foreign
    }
  }
}
