/// Swift source with its parts told apart: enough of a scanner for the checks of style.
struct SwiftText {
  /// The source with comments and the insides of strings replaced by spaces, line by line.
  let code: [String]
  /// The source with everything but comments replaced by spaces, line by line.
  let comments: [String]

  init(_ source: String) {
    var scanner = Scanner(Array(source.utf8))
    scanner.run()
    code = Self.lines(scanner.code)
    comments = Self.lines(scanner.comments)
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// A function, initialiser, subscript or computed property with its place and length.
  struct Body: Equatable {
    let name: String
    let firstLine: Int
    let lineCount: Int
  }

  /// Every body, nested ones included; lines count from 1, braces included.
  var bodies: [Body] {
    code.indices.compactMap { index in
      guard let name = Self.declaredName(code[index]), let last = closing(from: index) else {
        return nil
      }
      return Body(name: name, firstLine: index + 1, lineCount: last - index + 1)
    }
  }

  private static func declaredName(_ line: String) -> String? {
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    if let place = words.firstIndex(of: "func"), place + 1 < words.count { return words[place + 1] }
    let start = words.first { !["public", "private", "static", "convenience"].contains($0) }
    guard let start else { return nil }
    if ["init", "deinit", "subscript"].contains(start) { return start }
    let opens = line.hasSuffix("{") && !line.contains("=")
    return words.contains("var") && opens ? words.last : nil
  }

  /// The line of the brace that closes the first one opened at or soon after `start`.
  private func closing(from start: Int) -> Int? {
    var depth = 0
    var round = 0
    for index in start..<code.count {
      for character in code[index] {
        switch character {
        case "(": round += 1
        case ")": round -= 1
        case "{" where round == 0 || depth > 0: depth += 1
        case "}" where depth > 0:
          depth -= 1
          if depth == 0 { return index }
        case "}" where round == 0: return nil
        default: break
        }
      }
      if depth == 0, index > start + 12 { return nil }
    }
    return nil
  }
}

/// Bytes that begin or end something.
private enum Mark {
  static let line = Array("//".utf8)
  static let open = Array("/*".utf8)
  static let close = Array("*/".utf8)
  static let hash = Array("#".utf8)
  static let quote = Array("\"".utf8)
  static let quotes = Array("\"\"\"".utf8)
  static let left = Array("(".utf8)
  static let right = Array(")".utf8)
}

/// Sorts each byte into code or comment; the insides of strings belong to neither.
private struct Scanner {
  private let source: [UInt8]
  private var place = 0
  private(set) var code: [UInt8]
  private(set) var comments: [UInt8]

  init(_ source: [UInt8]) {
    self.source = source
    let blank = source.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
    code = blank
    comments = blank
  }

  mutating func run() { while place < source.count { step(inInterpolation: false) } }

  private func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
    guard place + offset + bytes.count <= source.count else { return false }
    return bytes.indices.allSatisfy { source[place + offset + $0] == bytes[$0] }
  }

  private mutating func step(inInterpolation: Bool) {
    if starts(Mark.line) { return lineComment() }
    if starts(Mark.open) { return blockComment() }
    var hashes = 0
    while starts(Mark.hash, at: hashes) { hashes += 1 }
    if starts(Mark.quote, at: hashes) { return string(hashes: hashes) }
    if !inInterpolation { code[place] = source[place] }
    place += 1
  }

  private mutating func lineComment() {
    while place < source.count, source[place] != UInt8(ascii: "\n") { takeComment() }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts(Mark.open) {
        depth += 1
        takeComment()
      } else if starts(Mark.close) {
        depth -= 1
        takeComment()
      }
      takeComment()
    } while depth > 0 && place < source.count
  }

  private mutating func takeComment() {
    guard place < source.count else { return }
    comments[place] = source[place]
    place += 1
  }

  private mutating func string(hashes: Int) {
    place += hashes
    let quotes = starts(Mark.quotes) ? 3 : 1
    place += quotes
    while place < source.count {
      if closes(quotes: quotes, hashes: hashes) {
        place += quotes + hashes
        return
      }
      guard source[place] == UInt8(ascii: "\\"), hashesFollow(hashes, after: 1) else {
        place += 1
        continue
      }
      place += 1 + hashes
      if starts(Mark.left) { interpolation() } else { place += 1 }
    }
  }

  private func closes(quotes: Int, hashes: Int) -> Bool {
    guard quotes == 3 ? starts(Mark.quotes) : starts(Mark.quote) else { return false }
    return hashesFollow(hashes, after: quotes)
  }

  private func hashesFollow(_ hashes: Int, after offset: Int) -> Bool {
    (0..<hashes).allSatisfy { starts(Mark.hash, at: offset + $0) }
  }

  private mutating func interpolation() {
    var depth = 0
    repeat {
      if starts(Mark.left) { depth += 1 }
      if starts(Mark.right) { depth -= 1 }
      step(inInterpolation: true)
    } while depth > 0 && place < source.count
  }
}
