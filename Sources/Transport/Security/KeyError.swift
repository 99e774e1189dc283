/// Why the keys in a folder cannot be used or written.
public struct KeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Kinds that end a process with different codes.
  public enum Kind: Sendable {
    /// A file that is needed is not there.
    case missing
    /// A file is no key.
    case malformed
    /// Others can read a secret.
    case exposed
    /// A file would be written over.
    case exists
    /// Several keys fit and none was chosen, or the name cannot be one of a key.
    case choice
    /// The system refused to read or write.
    case system
  }

  /// Which kind.
  public let kind: Kind
  /// What is wrong, one sentence without a full stop.
  public let what: String
  /// The file or folder.
  public let path: String
  /// What to do, as an order.
  public let remedy: String

  /// Names all four.
  public init(_ kind: Kind, _ what: String, at path: String, remedy: String) {
    self.kind = kind
    self.what = what
    self.path = path
    self.remedy = remedy
  }

  /// One sentence.
  public var description: String { "\(path): \(what); \(remedy)" }
}
