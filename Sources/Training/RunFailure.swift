import Foundation
import Messages

/// Where the failure of a run began.
public typealias FirstFailure = Messages.FirstFailure

/// How a run stands.
public typealias RunStatus = Messages.RunStatus

/// A run that failed: how it ended, and where that began.
public struct RunFailure: Error {
  /// What ended this process.
  public let end: any Error
  /// The first cause, perhaps in another process.
  public let first: FirstFailure

  /// Pairs an end with its cause.
  public init(_ end: any Error, first: FirstFailure) {
    (self.end, self.first) = (end, first)
  }

  /// The sentence that tells the end.
  var sentence: String { Self.sentence(of: end) }

  static func sentence(of error: any Error) -> String {
    (error as? any Explained)?.what ?? "\(error)"
  }
}

/// `failure.json`: the same for who looks into the run folder.
struct FailureRecord: Codable, Equatable {
  /// Where it began.
  var first: FirstFailure
  /// What ended the coordinator.
  var end: String
}

extension RunFolder {
  /// Where the failure of the last start began; absent when it did not fail.
  public var failure: URL { url.appendingPathComponent("failure.json") }

  /// Notes a failure.
  func record(_ failure: RunFailure) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let record = FailureRecord(first: failure.first, end: failure.sentence)
    try writeDurably(try encoder.encode(record), to: self.failure)
  }

  /// Forgets the failure of an earlier start.
  func forgetFailure() throws {
    guard FileManager.default.fileExists(atPath: failure.path) else { return }
    try FileManager.default.removeItem(at: failure)
  }
}
