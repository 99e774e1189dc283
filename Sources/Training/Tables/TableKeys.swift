import Yams

/// A node of the YAML file that describes a table, with its path for errors.
struct TableEntry {
  let node: Node
  let path: String
  let file: String

  /// A text or number; nil for lists, sections and nothing.
  var scalar: String? { node.isEmpty ? nil : node.scalar?.string }

  func text() throws(ConfigurationError) -> String {
    guard let scalar else { throw mismatch("a text") }
    return scalar
  }

  func number() throws(ConfigurationError) -> Double {
    guard let number = node.plainText.flatMap({ Double($0) }) else { throw mismatch("a number") }
    return number
  }

  func wholeNumber() throws(ConfigurationError) -> Int {
    guard let number = node.plainText.flatMap({ Int($0) }) else { throw mismatch("a whole number") }
    return number
  }

  func items(_ wanted: String) throws(ConfigurationError) -> [TableEntry] {
    guard case .sequence(let nodes) = node else { throw mismatch(wanted) }
    return nodes.enumerated().map {
      TableEntry(node: $1, path: "\(path)[\($0)]", file: file)
    }
  }

  func keys(_ wanted: String) throws(ConfigurationError) -> TableKeys {
    guard case .mapping(let mapping) = node else { throw mismatch(wanted) }
    return try TableKeys(mapping, path: path, at: node, file: file)
  }

  /// The result of reading the entry.
  func map<Value>(
    _ read: (TableEntry) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value { try read(self) }

  func mismatch(_ wanted: String) -> ConfigurationError {
    ConfigurationError(
      key: path, problem: "expected \(wanted), found \(node.found)", place: place,
      remedy: "correct it; docs/data.md has examples")
  }

  var place: String { "\(file):\(node.mark?.line ?? 1):\(node.mark?.column ?? 1)" }
}

/// The keys of one section of that file; each may be asked for once, and others are refused.
struct TableKeys {
  private let path: String
  private let section: TableEntry
  private var entries: [String: TableEntry] = [:]
  private var places: [String: String] = [:]
  private var known: [String] = []

  init(
    _ mapping: Node.Mapping, path: String, at node: Node, file: String
  ) throws(ConfigurationError) {
    self.path = path
    section = TableEntry(node: node, path: path, file: file)
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw TableEntry(node: key, path: path, file: file).mismatch("a key")
      }
      let whole = path.isEmpty ? name : "\(path).\(name)"
      entries[name] = TableEntry(node: value, path: whole, file: file)
      places[name] = TableEntry(node: key, path: whole, file: file).place
    }
  }

  private mutating func take(_ name: String) -> TableEntry? {
    known.append(name)
    return entries.removeValue(forKey: name)
  }

  mutating func required(_ name: String) throws(ConfigurationError) -> TableEntry {
    guard let entry = take(name) else {
      throw ConfigurationError(
        key: path.isEmpty ? nil : path, problem: "the key \(name) is missing",
        place: section.place, remedy: "add it; docs/data.md has examples")
    }
    return entry
  }

  mutating func entry(_ name: String) -> TableEntry? { take(name) }

  mutating func text(_ name: String) throws(ConfigurationError) -> String? {
    try take(name)?.text()
  }

  mutating func number(_ name: String) throws(ConfigurationError) -> Double? {
    try take(name)?.number()
  }

  mutating func integer(_ name: String) throws(ConfigurationError) -> Int? {
    try take(name)?.wholeNumber()
  }

  mutating func flag(_ name: String) throws(ConfigurationError) -> Bool? {
    guard let entry = take(name) else { return nil }
    switch entry.node.plainText {
    case "true": return true
    case "false": return false
    default: throw entry.mismatch("true or false")
    }
  }

  mutating func texts(_ name: String) throws(ConfigurationError) -> [String]? {
    try take(name)?.items("a list of texts").map { entry throws(ConfigurationError) in
      try entry.text()
    }
  }

  mutating func numbers(_ name: String) throws(ConfigurationError) -> [Double]? {
    try take(name)?.items("a list of numbers").map { entry throws(ConfigurationError) in
      try entry.number()
    }
  }

  mutating func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ choices: [Choice]
  ) throws(ConfigurationError) -> Choice? {
    guard let entry = take(name) else { return nil }
    guard let choice = entry.scalar.flatMap({ Choice(rawValue: $0) }) else {
      throw entry.mismatch("one of \(choices.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// Throws for a key that nobody asked for.
  func finish() throws(ConfigurationError) {
    guard let name = entries.keys.min() else { return }
    let nearest = Nearest.match(name, among: known).map { "did you mean \($0)?" }
    throw ConfigurationError(
      key: path.isEmpty ? name : "\(path).\(name)", problem: "unknown key",
      place: places[name], remedy: nearest ?? "known keys: \(known.joined(separator: ", "))")
  }
}
