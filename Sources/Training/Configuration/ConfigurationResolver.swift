/// Collects the values of a run, source by source; a later source wins over an earlier one.
///
/// Call `read(file:)`, `apply(environment:)`, `apply(assignment:)` for each `--set`, then
/// `apply(flag:…)`, then `resolve()`: that order is the documented precedence.
public struct ConfigurationResolver {
  private var configuration: RunConfiguration
  private var origins: [String: ConfigurationOrigin] = [:]
  let workingFolder: String

  /// Relative paths of the environment and of flags belong to `workingFolder`, which is absolute;
  /// what no source names keeps its value of `start`.
  public init(workingFolder: String, start: RunConfiguration = RunConfiguration()) {
    precondition(workingFolder.hasPrefix("/"), "the working folder must be an absolute path")
    self.workingFolder = workingFolder
    configuration = start
  }

  /// Takes every variable that starts with `AUTOLOSS__`; throws on one that names no key.
  public mutating func apply(environment: [String: String]) throws(ConfigurationError) {
    let prefix = ConfigurationKey.environmentPrefix
    let keys = ConfigurationKey.all
    for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
      guard let key = keys.first(where: { $0.environmentName == name }) else {
        let near = Nearest.match(name, among: keys.map(\.environmentName))
        throw ConfigurationError(
          key: name, problem: "unknown variable\(Self.suggestion(near))", place: "environment",
          remedy: "unset it, or see `autoloss config keys` for the known names")
      }
      try assign(key, text, .environment(name))
    }
  }

  /// Takes one `KEY=VALUE` of `--set`.
  public mutating func apply(assignment: String) throws(ConfigurationError) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw ConfigurationError(
        key: nil, problem: "--set needs KEY=VALUE, found \"\(assignment)\"", place: nil,
        remedy: "write for example --set train.batchSize=2000", exitCode: .usage)
    }
    let path = String(parts[0])
    guard let key = ConfigurationKey.named(path) else {
      throw Self.unknown(path, at: .assignment(assignment))
    }
    try assign(key, String(parts[1]), .assignment(assignment))
  }

  /// Takes the value of a flag of its own, such as `--threads`; nil means the flag was not given.
  public mutating func apply(flag: String, to path: String, _ text: String?)
    throws(ConfigurationError)
  {
    guard let key = ConfigurationKey.named(path) else {
      preconditionFailure("\(path) is not a configuration key")
    }
    guard let text else { return }
    try assign(key, text, .flag(flag))
  }

  /// Takes a value that a variable of another program implies, such as a scheduler's.
  mutating func apply(variable: String, to path: String, _ text: String)
    throws(ConfigurationError)
  {
    guard let key = ConfigurationKey.named(path) else {
      preconditionFailure("\(path) is not a configuration key")
    }
    try assign(key, text, .environment(variable))
  }

  /// Whether nothing stronger than a file has set `path`.
  func givesWay(_ path: String) -> Bool {
    switch origins[path] {
    case nil, .standard, .file: true
    case .environment, .assignment, .flag: false
    }
  }

  /// The values with their origins, once they agree with each other; paths are absolute.
  public func resolve() throws(ConfigurationError) -> ResolvedConfiguration {
    var complete = configuration
    if origins["out"] == nil {
      complete.out = Self.absolute(complete.out, in: workingFolder)
    }
    let resolved = ResolvedConfiguration(configuration: complete, origins: origins)
    try resolved.checkAgreement()
    return resolved
  }

  /// Sets one value after checking its type and limits; paths are taken from `folder`.
  mutating func assign(
    _ key: ConfigurationKey, _ value: ConfigurationValue, _ origin: ConfigurationOrigin,
    folder: String, found: String
  ) throws(ConfigurationError) {
    let value = key.knownValue(value)
    guard key.type.admits(value) else {
      throw Self.mismatch(key, found: found, at: origin)
    }
    if key.type == .path, case .text(let path) = value, !path.isEmpty {
      key.write(&configuration, .text(Self.absolute(path, in: folder)))
    } else {
      key.write(&configuration, value)
    }
    origins[key.path] = origin
  }

  private mutating func assign(
    _ key: ConfigurationKey, _ text: String, _ origin: ConfigurationOrigin
  ) throws(ConfigurationError) {
    guard let value = key.type.value(ofText: text) else {
      throw Self.mismatch(key, found: "\"\(text)\"", at: origin)
    }
    try assign(key, value, origin, folder: workingFolder, found: "\"\(text)\"")
  }
}

extension ConfigurationResolver {
  static func mismatch(_ key: ConfigurationKey, found: String, at origin: ConfigurationOrigin)
    -> ConfigurationError
  {
    var suggestion = ""
    if case .choice(let names) = key.type {
      let bare = found.filter { $0 != "\"" }
      suggestion = Self.suggestion(Nearest.match(bare, among: names))
    }
    return ConfigurationError(
      key: key.path, problem: "expected \(key.type), found \(found)\(suggestion)",
      place: origin.description, remedy: "\(key.path) means: \(key.summary)")
  }

  static func unknown(_ path: String, at origin: ConfigurationOrigin) -> ConfigurationError {
    ConfigurationError(
      key: path, problem: "unknown key\(suggestion(ConfigurationKey.nearest(to: path)))",
      place: origin.description, remedy: "see `autoloss config keys` for all keys")
  }

  private static func suggestion(_ name: String?) -> String {
    name.map { ", did you mean \($0)?" } ?? ""
  }

  /// `path` from the root, without `.` and `..`.
  static func absolute(_ path: String, in folder: String) -> String {
    let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
