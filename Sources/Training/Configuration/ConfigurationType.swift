/// What values a key takes; the limits, the help and the checks all come from here.
public enum ConfigurationType: Sendable, Equatable {
  /// Whole numbers within the range.
  case integer(ClosedRange<Int>)
  /// Finite numbers within the limits.
  case number(NumberLimits)
  /// True or false.
  case flag
  /// Any text.
  case text
  /// A file or folder; relative ones belong to the folder of the file that names them.
  case path
  /// One of the names.
  case choice([String])
  /// A list of whole numbers within the range.
  case integers(ClosedRange<Int>)
  /// A list of texts.
  case texts
}

/// Limits of a number: the lower one included or not, the upper one never included.
public struct NumberLimits: Sendable, Equatable {
  let lower: Double
  let includesLower: Bool
  let upper: Double

  /// `lower` and above.
  public static func atLeast(_ lower: Double) -> Self {
    Self(lower: lower, includesLower: true, upper: .infinity)
  }

  /// Above `lower`, and below `upper` if there is one.
  public static func above(_ lower: Double, below upper: Double = .infinity) -> Self {
    Self(lower: lower, includesLower: false, upper: upper)
  }

  /// From `lower` to below `upper`.
  public static func from(_ lower: Double, below upper: Double) -> Self {
    Self(lower: lower, includesLower: true, upper: upper)
  }

  func contains(_ value: Double) -> Bool {
    value.isFinite && (includesLower ? value >= lower : value > lower) && value < upper
  }
}

extension ConfigurationType: CustomStringConvertible {
  /// A phrase that completes "expected …".
  public var description: String {
    switch self {
    case .integer(let range): "an integer, \(Self.phrase(range))"
    case .number(let limits): "a number, \(limits)"
    case .flag: "true or false"
    case .text: "text"
    case .path: "a path"
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .integers(let range): "a list of integers, each \(Self.phrase(range))"
    case .texts: "a list of texts"
    }
  }

  private static func phrase(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  /// Whether the value is of this type and within its limits.
  public func admits(_ value: ConfigurationValue) -> Bool {
    switch (self, value) {
    case (.integer(let range), .integer(let value)): range.contains(value)
    case (.number(let limits), .number(let value)): limits.contains(value)
    case (.flag, .flag), (.text, .text), (.path, .text), (.texts, .texts): true
    case (.choice(let names), .text(let name)): names.contains(name)
    case (.integers(let range), .integers(let values)): values.allSatisfy(range.contains)
    default: false
    }
  }
}

extension NumberLimits: CustomStringConvertible {
  /// A phrase such as `at least 0 and below 1`.
  public var description: String {
    let low = "\(includesLower ? "at least" : "above") \(Self.short(lower))"
    return upper.isFinite ? "\(low) and below \(Self.short(upper))" : low
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
