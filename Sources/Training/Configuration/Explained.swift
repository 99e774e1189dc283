/// An error of the world, told so that a person can act on it.
public protocol Explained: Error, CustomStringConvertible {
  /// What went wrong, one sentence without a full stop.
  var what: String { get }
  /// Where: `file:line:column`, a path, or a role and its rank; nil when `what` already says it.
  var place: String? { get }
  /// What to do about it, as an order.
  var remedy: String { get }
  /// The code the process ends with.
  var exitCode: ExitCode { get }
}

extension Explained {
  /// The three lines that the command-line tool prints.
  public var description: String {
    var lines = ["error: \(what)"]
    if let place { lines.append("  at: \(place)") }
    lines.append("  fix: \(remedy)")
    return lines.joined(separator: "\n")
  }
}

/// An explained error without a type of its own.
public struct Failure: Explained, Equatable {
  /// What went wrong.
  public let what: String
  /// Where, if known.
  public let place: String?
  /// What to do.
  public let remedy: String
  /// The code the process ends with.
  public let exitCode: ExitCode

  /// Names what failed, where, what to do, and the code the process ends with.
  public init(_ what: String, at place: String? = nil, remedy: String, exitCode: ExitCode) {
    self.what = what
    self.place = place
    self.remedy = remedy
    self.exitCode = exitCode
  }
}
