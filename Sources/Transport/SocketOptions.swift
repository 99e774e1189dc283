/// How sockets behave; the defaults were measured (see ARCHITECTURE.md, "Wire").
public struct SocketOptions: Equatable, Sendable {
  /// Frames that the library holds per direction and connection; bytes are bounded above it. A
  /// `Dealer` takes all that comes.
  public var highWaterFrames: Int32 = 256
  /// How often a `Dealer` asks the other side for a sign of life.
  public var heartbeatMilliseconds: Int32 = 1000
  /// How long it waits for the sign; a dead listener is noticed after at most the sum of both.
  public var heartbeatTimeoutMilliseconds: Int32 = 2000
  /// How long a connection may take to introduce itself.
  public var handshakeMilliseconds: Int32 = 5000
  /// The first pause before connecting again; the library doubles it and adds chance.
  public var reconnectMilliseconds: Int32 = 100
  /// The longest pause before connecting again.
  public var reconnectLimitMilliseconds: Int32 = 2000
  /// Bytes that wait in this process for one peer before sending to it is refused.
  public var queueBytes = 256 << 20
  /// Lets sockets use addresses that other machines can reach, without encryption.
  public var allowInsecure = false
  /// The keys of the socket, or none.
  public var security = Security.plain
  /// How long a `Dealer` stands refusals of its connection before it is `barred`.
  public var admissionMilliseconds: UInt64 = 30_000

  /// The defaults.
  public init() {}
}
