/// A failure of the world around the data: a file that is missing, malformed, torn or foreign.
///
/// It names the operation, the place and what to do, in one sentence.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is; the command-line tool maps kinds to exit codes.
  public enum Kind: String, Sendable {
    /// A file or folder does not exist or cannot be opened for reading.
    case missing
    /// Text that a person or another program wrote does not have the promised form.
    case malformed
    /// A file of our own formats is torn, altered or of an unknown version.
    case corrupt
    /// An output exists already and overwriting was not asked for.
    case exists
    /// The operating system refused to read, write or create.
    case system
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was being done, as a verb phrase: "read shard".
  public let operation: String
  /// Where: a path, with line and field or group where they are known.
  public let place: String
  /// What is wrong there.
  public let problem: String
  /// What the reader of the message can do.
  public let remedy: String

  /// Describes a failure; see the properties.
  public init(
    _ kind: Kind, _ operation: String, at place: String, _ problem: String, remedy: String
  ) {
    self.kind = kind
    self.operation = operation
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// "operation: place: problem; remedy".
  public var description: String { "\(operation): \(place): \(problem); \(remedy)" }
}
