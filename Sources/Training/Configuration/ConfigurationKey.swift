import Models

/// One key of the configuration: its path, type, meaning, and where its value lives.
///
/// Reading, checking, writing, help and the reference page all walk the one table `all`, so a new
/// key is one line there and one property in `RunConfiguration`.
public struct ConfigurationKey: Sendable {
  /// What a key can change.
  public enum Reach: Sendable {
    /// The parameters after each step.
    case model
    /// Which of the models on the way is kept, and when a run stops early.
    case selection
    /// How many steps are made at most.
    case length
    /// Neither: places, speed and reports.
    case surroundings
  }

  /// Dotted, such as `train.batchSize`.
  public let path: String
  /// Which values it takes.
  public let type: ConfigurationType
  /// What it can change.
  public let reach: Reach
  /// One line for people.
  public let summary: String

  let read: @Sendable (RunConfiguration) -> ConfigurationValue
  let write: @Sendable (inout RunConfiguration, ConfigurationValue) -> Void

  /// The value in `configuration`.
  public func value(in configuration: RunConfiguration) -> ConfigurationValue {
    read(configuration)
  }

  /// The name of the environment variable that sets it: `AUTOLOSS__TRAIN__BATCH_SIZE`.
  public var environmentName: String {
    ConfigurationKey.environmentPrefix
      + path.split(separator: ".").map(Self.screaming).joined(separator: "__")
  }

  static let environmentPrefix = "AUTOLOSS__"

  private static func screaming(_ name: Substring) -> String {
    name.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
  }

  /// The value under the name that it has here, where other programs call it otherwise.
  func knownValue(_ value: ConfigurationValue) -> ConfigurationValue {
    guard path == "model.name", case .text(let name) = value,
      let kind = ModelKind.otherNames[name]
    else { return value }
    return .text(kind.rawValue)
  }

  /// The key with this path.
  public static func named(_ path: String) -> ConfigurationKey? { byPath[path] }

  private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })
}

/// A place of a value in the configuration.
typealias Place<Value> = WritableKeyPath<RunConfiguration, Value> & Sendable

extension ConfigurationKey {
  static func integer(
    _ path: String, _ place: Place<Int>, _ range: ClosedRange<Int>, _ reach: Reach,
    _ summary: String
  ) -> Self {
    Self(path: path, type: .integer(range), reach: reach, summary: summary) {
      .integer($0[keyPath: place])
    } write: { configuration, value in
      if case .integer(let value) = value { configuration[keyPath: place] = value }
    }
  }

  static func number(
    _ path: String, _ place: Place<Double>, _ limits: NumberLimits, _ reach: Reach,
    _ summary: String
  ) -> Self {
    Self(path: path, type: .number(limits), reach: reach, summary: summary) {
      .number($0[keyPath: place])
    } write: { configuration, value in
      if case .number(let value) = value { configuration[keyPath: place] = value }
    }
  }

  static func flag(_ path: String, _ place: Place<Bool>, _ reach: Reach, _ summary: String)
    -> Self
  {
    Self(path: path, type: .flag, reach: reach, summary: summary) {
      .flag($0[keyPath: place])
    } write: { configuration, value in
      if case .flag(let value) = value { configuration[keyPath: place] = value }
    }
  }

  static func text(
    _ path: String, _ place: Place<String>, type: ConfigurationType = .text, _ reach: Reach,
    _ summary: String
  ) -> Self {
    Self(path: path, type: type, reach: reach, summary: summary) {
      .text($0[keyPath: place])
    } write: { configuration, value in
      if case .text(let value) = value { configuration[keyPath: place] = value }
    }
  }

  static func choice<Name: CaseIterable & RawRepresentable<String> & Sendable>(
    _ path: String, _ place: Place<Name>, _ reach: Reach, _ summary: String
  ) -> Self {
    let names = Name.allCases.map(\.rawValue)
    return Self(path: path, type: .choice(names), reach: reach, summary: summary) {
      .text($0[keyPath: place].rawValue)
    } write: { configuration, value in
      if case .text(let text) = value, let name = Name(rawValue: text) {
        configuration[keyPath: place] = name
      }
    }
  }

  static func integers(
    _ path: String, _ place: Place<[Int]>, _ range: ClosedRange<Int>, _ reach: Reach,
    _ summary: String
  ) -> Self {
    Self(path: path, type: .integers(range), reach: reach, summary: summary) {
      .integers($0[keyPath: place])
    } write: { configuration, value in
      if case .integers(let values) = value { configuration[keyPath: place] = values }
    }
  }

  static func texts(_ path: String, _ place: Place<[String]>, _ reach: Reach, _ summary: String)
    -> Self
  {
    Self(path: path, type: .texts, reach: reach, summary: summary) {
      .texts($0[keyPath: place])
    } write: { configuration, value in
      if case .texts(let values) = value { configuration[keyPath: place] = values }
    }
  }
}
