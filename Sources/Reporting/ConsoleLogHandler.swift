import Foundation
import Logging

/// Sends log messages to a console, as text for people or JSON for machines.
///
/// The label of the logger is the role of the process; the metadata's `rank` says which of several.
public struct ConsoleLogHandler: LogHandler {
  /// Forms of a line.
  public enum Format: Sendable {
    /// `12:03:04 info     role[rank]: message key=value`, the time in UTC.
    case text
    /// One object with `time`, `level`, `role`, `rank` (`0` where there is one process of a role),
    /// `message` and the metadata's keys; numbers and truth values are those of JSON.
    case json
  }

  /// What every message of this handler carries.
  public var metadata: Logger.Metadata = [:]
  /// The least severe messages that are shown.
  public var logLevel: Logger.Level
  private let role: String
  private let format: Format
  private let console: Console
  private let date: @Sendable () -> Date

  /// A handler for a process in this role.
  public init(
    role: String, level: Logger.Level, format: Format, console: Console,
    date: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.role = role
    self.logLevel = level
    self.format = format
    self.console = console
    self.date = date
  }

  /// One entry of `metadata`.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line.
  public func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }
    switch format {
    case .text: console.line(text(event.level, "\(event.message)", details))
    case .json: console.line(json(event.level, "\(event.message)", details))
    }
  }

  private func text(_ level: Logger.Level, _ message: String, _ details: Logger.Metadata) -> String
  {
    let time = date().formatted(.iso8601.time(includingFractionalSeconds: false))
    let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
    let painted: String =
      switch level {
      case .error, .critical: Colour.red.paint(name, on: console.terminal)
      case .warning: Colour.yellow.paint(name, on: console.terminal)
      default: Colour.grey.paint(name, on: console.terminal)
      }
    let rank = details["rank"].map { "[\($0)]" } ?? ""
    let pairs = details.filter { $0.key != "rank" }.sorted { $0.key < $1.key }
      .map { "\($0.key)=\(Self.word("\($0.value)"))" }
    return ([time, painted, "\(role)\(rank):", message] + pairs).joined(separator: " ")
  }

  /// A value that another program can tell from what follows.
  private static func word(_ value: String) -> String {
    let isPlain = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "\"" }
    // A text is always JSON.
    return isPlain ? value : (try? JSONText.line(value)) ?? value
  }

  private func json(_ level: Logger.Level, _ message: String, _ details: Logger.Metadata) -> String
  {
    var object = details.mapValues(JSONDetail.init)
    object["time"] = JSONDetail(value: .string(date().formatted(.iso8601)))
    object["level"] = JSONDetail(value: .string(level.rawValue))
    object["role"] = JSONDetail(value: .string(role))
    // Of some roles there is one process only.
    if object["rank"] == nil { object["rank"] = JSONDetail(value: .string("0")) }
    object["message"] = JSONDetail(value: .string(message))
    // Texts and numbers are always JSON.
    return (try? JSONText.line(object)) ?? message
  }
}

/// A value of the metadata as JSON has it.
private struct JSONDetail: Encodable {
  let value: Logger.MetadataValue

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .string(let text): try container.encode(text)
    case .array(let values): try container.encode(values.map(JSONDetail.init))
    case .dictionary(let values): try container.encode(values.mapValues(JSONDetail.init))
    case .stringConvertible(let value):
      switch value {
      case let value as Bool: try container.encode(value)
      case let value as Int: try container.encode(value)
      case let value as Double: try container.encode(value)
      default: try container.encode("\(value)")
      }
    }
  }
}
