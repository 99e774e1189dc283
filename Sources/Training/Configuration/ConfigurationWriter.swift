import Models

extension RunConfiguration {
  /// All values as a YAML file; reading it gives the same configuration.
  public var yaml: String {
    var lines = ["schemaVersion: \(Self.schemaVersion)"]
    var open: [Substring] = []
    for key in ConfigurationKey.all {
      let parts = key.path.split(separator: ".")
      let sections = Array(parts.dropLast())
      let common = zip(open, sections).prefix { $0 == $1 }.count
      for depth in common..<sections.count {
        lines.append(Self.indent(depth) + "\(sections[depth]):")
      }
      open = sections
      let name = parts[parts.count - 1]
      lines.append(Self.indent(sections.count) + "\(name): \(key.value(in: self).yaml)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

  /// Every value that changes the parameters after a step, or which model is kept, one `key: value`
  /// a line in the order of the table; two runs with equal text, data and seed make the same steps
  /// and keep the same of them.
  ///
  /// Left out are lengths (epochs, steps), so that a run can be continued for longer, and places,
  /// threads and reports. Values of searching are there for fixed losses too. Keys that came later
  /// are left out where they have the value that runs had before: checkpoints mean the same.
  public var canonicalText: String {
    var standard = RunConfiguration()
    standard.search = Self.paperSearch
    let lines = ConfigurationKey.all.filter { $0.reach == .model || $0.reach == .selection }
      .filter { !Self.laterKeys.contains($0.path) || $0.value(in: self) != $0.value(in: standard) }
      .map { "\($0.path): \($0.value(in: self).yaml)" }
    return "autoloss configuration \(Self.schemaVersion)\n" + lines.joined(separator: "\n") + "\n"
  }

  private static let laterKeys = Set(
    ModelKind.particularOptions.map { "model.\($0.name)" }
      + [
        "model.embeddingDeviation", "search.controllerDelay", "search.virtualStep",
        "search.virtualRule", "search.upper", "search.aucWeight", "search.entropyBonus",
        "train.plateauFactor", "train.denseLearningRate", "train.denseWeightDecay",
        "train.denseWarmUp", "train.cowClip", "train.cowClipFloor",
      ])

  /// Reads what `yaml` wrote; throws like `ConfigurationResolver`. All paths in it are absolute.
  public init(yaml: String, named name: String) throws(ConfigurationError) {
    // What it leaves out came after it was written: these values have what runs had before.
    var earlier = RunConfiguration()
    earlier.search = Self.paperSearch
    var resolver = ConfigurationResolver(workingFolder: "/", start: earlier)
    try resolver.read(yaml: yaml, named: name, folder: "/")
    self = try resolver.resolve().configuration
  }
}
