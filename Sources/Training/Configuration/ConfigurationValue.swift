/// A value of one key, in the few types that a configuration file has.
public enum ConfigurationValue: Sendable, Equatable {
  /// A whole number.
  case integer(Int)
  /// A finite number.
  case number(Double)
  /// True or false.
  case flag(Bool)
  /// Text, a path, or one of a few names.
  case text(String)
  /// A list of whole numbers.
  case integers([Int])
  /// A list of texts.
  case texts([String])
}

extension ConfigurationValue {
  /// As written in YAML, on one line; read back it is the same value, by PyYAML too.
  public var yaml: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): Self.plain(value)
    case .flag(let value): value ? "true" : "false"
    case .text(let value): Self.quoted(value)
    case .integers(let values): "[\(values.map(String.init).joined(separator: ", "))]"
    case .texts(let values): "[\(values.map(Self.quoted).joined(separator: ", "))]"
    }
  }

  /// The shortest decimal that reads back to the same bits; always with a point, because YAML 1.1
  /// takes `1e-06` for text.
  private static func plain(_ value: Double) -> String {
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e") else { return text }
    let mantissa = text[..<exponent]
    return mantissa.contains(".") ? text : "\(mantissa).0\(text[exponent...])"
  }

  /// Bare where every reader takes it for text, else in double quotes with escapes.
  private static func quoted(_ text: String) -> String {
    let bare = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789_./-".unicodeScalars.contains(scalar))
    }
    let startsAsText = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" }
    let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    if bare, startsAsText == true, !words.contains(text.lowercased()) { return text }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\t": "\\t"
    case let other where other.value < 0x20 || other.value == 0x7F:
      "\\x" + (other.value < 16 ? "0" : "") + String(other.value, radix: 16)
    default: String(scalar)
    }
  }
}
