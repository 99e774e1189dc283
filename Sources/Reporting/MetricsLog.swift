import Foundation
import Synchronization

/// `metrics.jsonl` of a run folder: one JSON object per event, each on disk when `append` returns.
///
/// Every object has `event` (its name) and `time` (seconds since 1970); the other keys are those of
/// the event. Keys are sorted; numbers that JSON lacks are the texts `nan`, `inf` and `-inf`.
public final class MetricsLog: Sendable {
  private let file: Mutex<FileHandle>
  private let now: @Sendable () -> Double

  /// Opens the file for appending; creates it when missing.
  public init(
    file: URL, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    if !FileManager.default.fileExists(atPath: file.path) {
      try Data().write(to: file)
    }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    self.file = Mutex(handle)
    self.now = now
  }

  /// Adds one event; the whole line goes to the system in one piece.
  public func append(_ event: String, _ values: some Encodable & Sendable) throws {
    let line = try Self.line(event, values, time: now())
    try file.withLock { try $0.write(contentsOf: Data((line + "\n").utf8)) }
  }

  /// The object of one event, without a line end.
  static func line(_ event: String, _ values: some Encodable, time: Double) throws -> String {
    try JSONText.line(Record(event: event, time: time, values: values))
  }

  private struct Record<Values: Encodable>: Encodable {
    let event: String
    let time: Double
    let values: Values

    enum Key: CodingKey { case event, time }

    func encode(to encoder: any Encoder) throws {
      try values.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(event, forKey: .event)
      try container.encode(time, forKey: .time)
    }
  }
}
