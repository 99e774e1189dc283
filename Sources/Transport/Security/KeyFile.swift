/// The text of key files, and what it means.
///
///     autoloss public key 1
///     public 5f0c…                    64 hexadecimal digits
///
/// A secret file begins with `autoloss secret key 1` and has a line `secret` as well. Nothing else
/// may be in it.
enum KeyFile {
  /// No key file is longer.
  static let byteLimit = 1024
  private static let publicTitle = "autoloss public key 1"
  private static let secretTitle = "autoloss secret key 1"

  /// Why a text is not a key, as a sentence without its place.
  struct Problem: Error, Equatable { let sentence: String }

  static func text(_ key: PublicKey) -> String {
    "\(publicTitle)\npublic \(key.hexadecimal)\n"
  }

  static func text(_ pair: KeyPair) -> String {
    let secret = Hexadecimal.text(pair.secret)
    return "\(secretTitle)\npublic \(pair.publicKey.hexadecimal)\nsecret \(secret)\n"
  }

  /// The public key that a public file holds.
  static func publicKey(_ bytes: [UInt8]) throws(Problem) -> PublicKey {
    let lines = try lines(bytes, title: publicTitle, names: ["public"])
    guard let key = PublicKey(bytes: lines[0]) else { throw wrongLength("public") }
    return key
  }

  /// The pair that a secret file holds; both halves must belong together.
  static func keyPair(_ bytes: [UInt8]) throws(Problem) -> KeyPair {
    let lines = try lines(bytes, title: secretTitle, names: ["public", "secret"])
    guard let publicKey = PublicKey(bytes: lines[0]) else { throw wrongLength("public") }
    guard let pair = KeyPair(secret: lines[1]) else { throw wrongLength("secret") }
    guard pair.publicKey == publicKey else {
      throw Problem(sentence: "its public and its secret key do not belong together")
    }
    return pair
  }

  private static func lines(
    _ bytes: [UInt8], title: String, names: [String]
  ) throws(Problem) -> [[UInt8]] {
    guard bytes.count <= byteLimit, let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(sentence: "it is not a key file")
    }
    let lines = text.split(whereSeparator: \.isNewline)
    guard lines.first.map(String.init) == title else {
      throw Problem(sentence: "it does not begin with \"\(title)\"")
    }
    guard lines.count == names.count + 1 else {
      throw Problem(sentence: "it has \(lines.count) lines where \(names.count + 1) belong")
    }
    var values: [[UInt8]] = []
    for (line, name) in zip(lines.dropFirst(), names) {
      let words = line.split(separator: " ")
      guard words.count == 2, words[0] == name, let value = Hexadecimal.bytes(words[1]) else {
        throw Problem(sentence: "its line \"\(name)\" is not 64 hexadecimal digits")
      }
      values.append(value)
    }
    return values
  }

  private static func wrongLength(_ name: String) -> Problem {
    Problem(sentence: "its line \"\(name)\" is not 64 hexadecimal digits")
  }
}
