/// A JSON value that keeps the order of its keys and refuses what lenient parsers let through:
/// duplicate keys, trailing text, bad escapes, invalid UTF-8, deep nesting.
///
/// Safetensors forbids duplicate keys, which Foundation's parser does not see.
enum StrictJSON: Equatable, Sendable {
  case object([Member])
  case array([StrictJSON])
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case null

  /// One key of an object and what it stands for.
  struct Member: Equatable, Sendable {
    var key: String
    var value: StrictJSON
  }

  /// What is wrong with the text, and at which byte.
  struct Failure: Error, Equatable {
    var problem: String
    var offset: Int
  }

  /// The value that the whole of `text` spells.
  static func parse(_ text: [UInt8]) throws(Failure) -> StrictJSON {
    var parser = Parser(text: text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == text.count else { throw parser.failure("text after the value") }
    return value
  }

  /// A string as a JSON literal.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

private struct Parser {
  let text: [UInt8]
  var position = 0

  func failure(_ problem: String) -> StrictJSON.Failure {
    .init(problem: problem, offset: position)
  }

  var next: UInt8? { position < text.count ? text[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func accept(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(StrictJSON.Failure) {
    guard accept(byte) else {
      throw failure("'\(Character(Unicode.Scalar(byte)))' was expected")
    }
  }

  mutating func value(depth: Int) throws(StrictJSON.Failure) -> StrictJSON {
    guard depth < 32 else { throw failure("values nested deeper than 32") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func object(depth: Int) throws(StrictJSON.Failure) -> StrictJSON {
    try expect(UInt8(ascii: "{"))
    var members: [StrictJSON.Member] = []
    var seen: Set<String> = []
    if accept(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      guard seen.insert(key).inserted else { throw failure("the key \(key) appears twice") }
      try expect(UInt8(ascii: ":"))
      members.append(.init(key: key, value: try value(depth: depth + 1)))
    } while accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
    return .object(members)
  }

  mutating func array(depth: Int) throws(StrictJSON.Failure) -> StrictJSON {
    try expect(UInt8(ascii: "["))
    var elements: [StrictJSON] = []
    if accept(UInt8(ascii: "]")) { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
    return .array(elements)
  }

  mutating func word(
    _ word: String, _ value: StrictJSON
  ) throws(StrictJSON.Failure) -> StrictJSON {
    for byte in word.utf8 {
      guard next == byte else { throw failure("an unknown word") }
      position += 1
    }
    return value
  }

  mutating func number() throws(StrictJSON.Failure) -> StrictJSON {
    let start = position
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    guard digits.first.map({ $0 == "-" || $0.isNumber }) == true else {
      throw failure("a value was expected")
    }
    if let integer = Int(digits) { return .integer(integer) }
    guard let double = Double(digits), double.isFinite else { throw failure("a malformed number") }
    return .number(double)
  }

  mutating func string() throws(StrictJSON.Failure) -> String {
    guard next == UInt8(ascii: "\"") else { throw failure("a string was expected") }
    position += 1
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw failure("a string that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try bytes.append(contentsOf: escape())
      case 0..<0x20: throw failure("a control character in a string")
      default: bytes.append(byte)
      }
    }
    throw failure("a string without end")
  }

  mutating func escape() throws(StrictJSON.Failure) -> [UInt8] {
    guard let byte = next else { throw failure("a string without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  mutating func unicodeEscape() throws(StrictJSON.Failure) -> [UInt8] {
    var code = UInt32(try hexadecimal())
    if (0xD800..<0xDC00).contains(code) {
      guard accept(UInt8(ascii: "\\")), accept(UInt8(ascii: "u")) else {
        throw failure("half of a surrogate pair")
      }
      let low = UInt32(try hexadecimal())
      guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  mutating func hexadecimal() throws(StrictJSON.Failure) -> UInt16 {
    guard
      position + 4 <= text.count,
      let code = UInt16(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("a malformed \\u escape") }
    position += 4
    return code
  }
}
