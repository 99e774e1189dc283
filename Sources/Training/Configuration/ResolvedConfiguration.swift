/// A configuration and where each of its values came from.
public struct ResolvedConfiguration: Sendable, Equatable {
  /// The values.
  public let configuration: RunConfiguration
  /// Origins of the values that somebody set, by path.
  let origins: [String: ConfigurationOrigin]

  /// Where the value of `path` came from.
  public func origin(of path: String) -> ConfigurationOrigin { origins[path] ?? .standard }

  /// An error about the value of `path`, at the place where it was set.
  ///
  /// For what the table of keys cannot know, such as names of models.
  public func error(_ path: String, _ problem: String, remedy: String) -> ConfigurationError {
    precondition(ConfigurationKey.named(path) != nil, "\(path) is not a configuration key")
    let origin = origin(of: path)
    return ConfigurationError(
      key: path, problem: problem, place: origin == .standard ? nil : origin.description,
      remedy: remedy)
  }

  /// One line a key: path, value and origin, for `autoloss config show`.
  public var listing: [(path: String, value: String, origin: String)] {
    ConfigurationKey.all.map { key in
      (key.path, key.value(in: configuration).yaml, origin(of: key.path).description)
    }
  }
}
