/// Every limit of the protocol, in one place.
public enum WireLimits {
  /// The version of the protocol that this build speaks.
  public static let protocolVersion: UInt16 = 9
  /// Bytes of payload in one frame. Small frames keep heartbeats alive on slow links.
  public static let partBytes = 256 << 10
  /// Bytes of one frame that a socket accepts; a peer that sends more is cut off.
  public static let frameBytes = 4 << 20
  /// Bytes of one message, all parts together.
  public static let messageBytes = 1 << 30
  /// Bytes of unfinished messages kept for one peer.
  public static let unfinishedBytesPerPeer = 1 << 30
  /// Unfinished messages kept for one peer.
  public static let unfinishedMessagesPerPeer = 64
  /// How long a part waits for the others, in milliseconds.
  public static let unfinishedMilliseconds: UInt64 = 30_000
  /// Bytes of the configuration in WELCOME.
  public static let configurationBytes = 1 << 20
  /// Bytes of any other text.
  public static let textBytes = 4096
  /// Slices of a step, and units that one worker reports about.
  public static let reportedSlices = 1024
  /// Sections of numbers in one message.
  public static let sections = 16
  /// Bytes of the name of a process, a host or a rank.
  public static let nameBytes = 256
  /// Workers that a status tells of.
  public static let workers = 16_384
  /// Servers that share the parameters of one run.
  public static let servers = 64
  /// Fields of a table.
  public static let fields = 65_536
  /// Classes of labels.
  public static let classes = 256
  /// Sums for the log in one push: of all slices of a unit, for each class and candidate.
  public static let sums = 1 << 19
  /// How many steps old the parameters may be that a step is computed from.
  public static let staleness = 64
}
