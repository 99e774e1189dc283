/// Why bytes from the network were refused. Nothing of a refused message is used.
public enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The header does not begin with this protocol's magic number.
  case foreign
  /// The peer speaks another version of the protocol.
  case protocolVersion(theirs: UInt16)
  /// Fewer bytes than `needed` are left for `what`.
  case truncated(what: String, needed: Int, left: Int)
  /// More bytes than the message needs.
  case trailing(bytes: Int)
  /// Bytes changed on the way.
  case checksum
  /// `what` is larger than this build accepts.
  case tooLarge(what: String, value: UInt64, limit: Int)
  /// `what` has a value without meaning.
  case invalid(what: String, value: String)

  /// One sentence: what was wrong and what to do.
  public var description: String {
    switch self {
    case .foreign:
      "the bytes are not of this protocol; something else is connected to this port"
    case .protocolVersion(let theirs):
      "the peer speaks protocol version \(theirs), this build version "
        + "\(WireLimits.protocolVersion); use the same build of autoloss on all hosts"
    case .truncated(let what, let needed, let left):
      "the message ends inside \(what): \(needed) bytes are needed, \(left) are left"
    case .trailing(let bytes):
      "the message has \(bytes) bytes too many"
    case .checksum:
      "the checksum does not match: the frame was damaged on the way"
    case .tooLarge(let what, let value, let limit):
      "\(what) is \(value), the limit is \(limit)"
    case .invalid(let what, let value):
      "\(what) has the meaningless value \(value)"
    }
  }
}
