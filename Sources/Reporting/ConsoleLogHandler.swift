import Foundation
import Logging

/// Sends log messages to a console, as text for people or JSON for machines.
public struct ConsoleLogHandler: LogHandler {
  /// Forms of a line.
  public enum Format: Sendable {
    /// `12:03:04 info  message key=value`.
    case text
    /// One object with `time`, `level`, `label`, `message` and the metadata's keys.
    case json
  }

  /// What every message of this handler carries.
  public var metadata: Logger.Metadata = [:]
  /// The least severe messages that are shown.
  public var logLevel: Logger.Level
  private let label: String
  private let format: Format
  private let console: Console
  private let date: @Sendable () -> Date

  /// A handler of the logger `label`.
  public init(
    label: String, level: Logger.Level, format: Format, console: Console,
    date: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.label = label
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
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let details = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    switch format {
    case .text: console.line(text(event.level, "\(event.message)", details))
    case .json: console.line(json(event.level, "\(event.message)", details))
    }
  }

  private func text(_ level: Logger.Level, _ message: String, _ details: [(String, String)])
    -> String
  {
    let time = date().formatted(.iso8601.time(includingFractionalSeconds: false))
    let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
    let painted: String =
      switch level {
      case .error, .critical: Colour.red.paint(name, on: console.terminal)
      case .warning: Colour.yellow.paint(name, on: console.terminal)
      default: Colour.grey.paint(name, on: console.terminal)
      }
    return ([time, painted, message] + details.map { "\($0)=\($1)" }).joined(separator: " ")
  }

  private func json(_ level: Logger.Level, _ message: String, _ details: [(String, String)])
    -> String
  {
    var object = Dictionary(details) { $1 }
    object["time"] = date().formatted(.iso8601)
    object["level"] = level.rawValue
    object["label"] = label
    object["message"] = message
    // A dictionary of texts is always JSON.
    return (try? JSONText.line(object)) ?? message
  }
}

extension ConsoleLogHandler {
  /// Makes this the handler of every logger of the process; call it once, before any logging.
  public static func install(level: Logger.Level, format: Format, console: Console) {
    LoggingSystem.bootstrap { label in
      ConsoleLogHandler(label: label, level: level, format: format, console: console)
    }
  }
}
