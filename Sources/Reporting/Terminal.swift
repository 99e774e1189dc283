import Foundation
import Glibc

/// What the place that messages go to can show.
public struct Terminal: Sendable, Equatable {
  /// Lines may be redrawn.
  public var redraws: Bool
  /// Text may be coloured.
  public var colours: Bool
  /// Characters in a line.
  public var columns: Int

  /// Decides from the environment: `NO_COLOR` (any text) forbids colour, `TERM=dumb` forbids
  /// redrawing too, `COLUMNS` tells the width (80 when absent).
  public init(isTerminal: Bool, environment: [String: String]) {
    let capable = isTerminal && environment["TERM"] != "dumb"
    redraws = capable
    colours = capable && (environment["NO_COLOR"] ?? "").isEmpty
    columns = environment["COLUMNS"].flatMap { Int($0) }.map { max(20, $0) } ?? 80
  }

  /// Standard output of this process.
  public static var standardOutput: Terminal {
    Terminal(
      isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }

  /// Standard error of this process.
  public static var standardError: Terminal {
    Terminal(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }
}

/// Colours of the terminal's own palette, so that they fit light and dark ones.
enum Colour: Int {
  case red = 31
  case green = 32
  case yellow = 33
  case grey = 90

  /// `text` in this colour, or as it is.
  func paint(_ text: String, on terminal: Terminal) -> String {
    terminal.colours ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
