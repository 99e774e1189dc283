import Yams

extension ConfigurationType {
  /// The value that a text of the command line or the environment means; nil when it means none.
  ///
  /// Lists are written `[64, 64]` or `64,64`.
  func value(ofText text: String) -> ConfigurationValue? {
    switch self {
    case .integer: return Int(text).map { .integer($0) }
    case .number: return Double(text).map { .number($0) }
    case .flag: return text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
    case .text, .path, .choice: return .text(text)
    case .integers:
      let numbers = Self.items(text).map { Int($0) }
      let known = numbers.compactMap(\.self)
      return known.count == numbers.count ? .integers(known) : nil
    case .texts: return .texts(Self.items(text))
    }
  }

  /// The items of a list in text. `name=value` goes on with the item before it, so that
  /// `focal:gamma=2,alpha=0.25,ce` has two items; an item may stand in quotes, as files have it.
  private static func items(_ text: String) -> [String] {
    var inner = Substring(text).trimmed
    if inner.hasPrefix("["), inner.hasSuffix("]") { inner = inner.dropFirst().dropLast().trimmed }
    var items: [String] = []
    for piece in pieces(inner).map(\.trimmed) {
      if let text = piece.unquoted {
        items.append(String(text))
      } else if piece.contains("="), !piece.contains(":"), let last = items.popLast() {
        items.append("\(last),\(piece)")
      } else {
        items.append(String(piece))
      }
    }
    return items
  }

  /// What stands between commas that are not inside quotes; empty pieces are left out.
  private static func pieces(_ text: Substring) -> [Substring] {
    var quote: Character?
    return text.split { character in
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      }
      return quote == nil && character == ","
    }
  }

  /// The value that a node of a file means; nil when it means none. Quoted scalars are text.
  func value(of node: Node) -> ConfigurationValue? {
    switch (self, node) {
    case (.integers, .sequence(let nodes)):
      let numbers = nodes.map { node in node.plainText.flatMap { Int($0) } }
      let known = numbers.compactMap(\.self)
      return known.count == numbers.count ? .integers(known) : nil
    case (.texts, .sequence(let nodes)):
      let texts = nodes.compactMap(\.scalar?.string)
      return texts.count == nodes.count ? .texts(texts) : nil
    case (.integers, _), (.texts, _): return nil
    case (.text, .scalar(let scalar)), (.path, .scalar(let scalar)), (.choice, .scalar(let scalar)):
      return node.isEmpty ? nil : .text(scalar.string)
    default: return node.plainText.flatMap { value(ofText: $0) }
    }
  }
}

extension Node {
  /// The text of an unquoted scalar.
  var plainText: String? {
    guard case .scalar(let scalar) = self, scalar.style == .plain else { return nil }
    return scalar.string
  }

  /// Whether nothing is written here, or `null` or `~`.
  var isEmpty: Bool { plainText.map { ["", "~", "null"].contains($0) } ?? false }

  /// What stands here, for "found …".
  var found: String {
    switch self {
    case .mapping: "a section"
    case .sequence: "a list"
    case .alias: "an alias"
    case .scalar(let scalar) where isEmpty: scalar.string.isEmpty ? "nothing" : scalar.string
    case .scalar(let scalar):
      scalar.style == .plain ? scalar.string : "the text \"\(scalar.string)\""
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let head = drop(while: \.isWhitespace)
    return head.lastIndex { !$0.isWhitespace }.map { head[...$0] } ?? ""
  }

  /// What stands between the quotes that it begins and ends with; nil where there are none.
  fileprivate var unquoted: Substring? {
    guard let quote = first, quote == "\"" || quote == "'", count > 1, last == quote else {
      return nil
    }
    return dropFirst().dropLast()
  }
}
