/// Where a value came from.
public enum ConfigurationOrigin: Sendable, Equatable {
  /// Nobody set it.
  case standard
  /// A configuration file; line and column start from 1.
  case file(String, line: Int, column: Int)
  /// An environment variable.
  case environment(String)
  /// `--set KEY=VALUE`.
  case assignment(String)
  /// A flag of its own, such as `--threads`.
  case flag(String)
}

extension ConfigurationOrigin: CustomStringConvertible {
  /// As shown to people: `run.yaml:12:7`, `environment variable …`, `--set …`, `--threads`.
  public var description: String {
    switch self {
    case .standard: "default"
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .environment(let name): "environment variable \(name)"
    case .assignment(let text): "--set \(text)"
    case .flag(let name): name
    }
  }
}
