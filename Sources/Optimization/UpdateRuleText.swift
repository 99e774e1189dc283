/// A text that names no update rule.
public struct UpdateRuleError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and what would be right.
  public let description: String
}

extension UpdateRule: CustomStringConvertible {
  /// The names a text may begin with; `adamw` is `adam` with decoupled decay.
  public static let names = Kind.allCases.map(\.rawValue) + ["adamw"]

  /// Reads "adam", "adamw:weightDecay=1e-2" or "sgd:learningRate=0.1,momentum=0.9"; drops of the
  /// learning rate are `learningRateDrops=6000:0.1;7000:0.1`, its growth is `warmUpSteps=500`.
  ///
  /// Strict: an unknown name or key, a key given twice, a key that the rule has no use for and a
  /// number out of its range are errors that say what is allowed.
  public init(parsing text: String) throws(UpdateRuleError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    switch name {
    case "adam": self = .adam()
    case "adamw": self = .adam(decay: .decoupled)
    case "lazyAdam": self = .lazyAdam()
    case "sgd": self = .sgd()
    default:
      throw UpdateRuleError(
        description: "there is no update rule \"\(name)\"; there are "
          + Self.names.joined(separator: ", "))
    }
    var seen: [String] = []
    for setting in parts.count == 2 ? parts[1].split(separator: ",") : [] {
      let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        throw UpdateRuleError(description: "\"\(setting)\" in \"\(text)\" is not key=value")
      }
      guard !seen.contains(pair[0]) else {
        throw UpdateRuleError(description: "\(pair[0]) is given twice in \"\(text)\"")
      }
      seen.append(pair[0])
      try set(pair[0], pair[1], in: text)
    }
    if let defect { throw UpdateRuleError(description: "in \"\(text)\" \(defect)") }
  }

  /// A text that reads back as this rule.
  public var description: String {
    let numbers = Self.keys(kind).filter { $0 != Self.dropsKey && $0 != Self.warmUpKey }
    var settings = numbers.map { key in
      key == "decay" ? "decay=\(decay.rawValue)" : "\(key)=\(self[keyPath: Self.path(key)])"
    }
    if !learningRateDrops.isEmpty {
      let drops = learningRateDrops.map(\.description).joined(separator: ";")
      settings.append("\(Self.dropsKey)=\(drops)")
    }
    if warmUpSteps > 0 { settings.append("\(Self.warmUpKey)=\(warmUpSteps)") }
    return "\(kind.rawValue):" + settings.joined(separator: ",")
  }

  private static func keys(_ kind: Kind) -> [String] {
    kind == .sgd
      ? ["learningRate", "momentum", "weightDecay", "decay", dropsKey, warmUpKey]
      : ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "decay", dropsKey, warmUpKey]
  }

  private static let dropsKey = "learningRateDrops"
  private static let warmUpKey = "warmUpSteps"

  private static func path(_ key: String) -> WritableKeyPath<UpdateRule, Double> {
    switch key {
    case "learningRate": \.learningRate
    case "beta1": \.beta1
    case "beta2": \.beta2
    case "epsilon": \.epsilon
    case "weightDecay": \.weightDecay
    default: \.momentum
    }
  }

  private mutating func set(
    _ key: String, _ value: String, in text: String
  ) throws(UpdateRuleError) {
    let keys = Self.keys(kind)
    guard keys.contains(key) else {
      throw UpdateRuleError(
        description: "\(kind.rawValue) has no \"\(key)\" (in \"\(text)\"); it has "
          + keys.joined(separator: ", "))
    }
    if key == "decay" {
      guard let read = Decay(rawValue: value) else {
        throw UpdateRuleError(
          description: "decay is \"\(value)\" in \"\(text)\" but must be coupled or decoupled")
      }
      decay = read
    } else if key == Self.dropsKey {
      learningRateDrops = try value.split(separator: ";").map { item throws(UpdateRuleError) in
        guard let drop = LearningRateDrop(String(item), stepsPerEpoch: 0), !item.contains("ep")
        else {
          throw UpdateRuleError(
            description: "\"\(item)\" in \"\(text)\" is no drop such as 6000:0.1")
        }
        return drop
      }
    } else if key == Self.warmUpKey {
      guard let steps = Int(value) else {
        throw UpdateRuleError(
          description: "\(key) is \"\(value)\" in \"\(text)\", not a whole number")
      }
      warmUpSteps = steps
    } else {
      guard let number = Double(value) else {
        throw UpdateRuleError(description: "\(key) is \"\(value)\" in \"\(text)\", not a number")
      }
      self[keyPath: Self.path(key)] = number
    }
  }
}
