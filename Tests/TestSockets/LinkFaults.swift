/// One way of a connection.
public enum Direction: Hashable, Sendable, CaseIterable {
  /// From the one that connects to the one that listens.
  case up
  /// Back.
  case down
}

/// What a link does beside passing bytes on, for as long as it is set.
public struct LinkFaults: Equatable, Sendable {
  /// Milliseconds by which every byte is late, each way.
  public var delayMilliseconds = 0
  /// Bytes a second that pass, each way; nil means all.
  public var bytesPerSecond: Int?
  /// Ways on which nothing passes, not even an end. Nothing is lost: it waits, as TCP repeats it.
  public var frozen: Set<Direction> = []
  /// Whether new connections are refused.
  public var refuses = false

  /// A good link.
  public init() {}
}

/// What happens to a link once, when so many bytes have passed one way since the request, over all
/// its connections.
public enum LinkAccident: Equatable, Sendable {
  /// The connection that carries the byte is reset; the byte and what follows is lost.
  case cut
  /// The bits that are set in the mask flip in that byte.
  case corrupt(mask: UInt8)
}
