import CZeroMQ

/// The half of a key that everybody may know: who connects, or to whom.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
  /// 32 bytes, a point of Curve25519.
  public let bytes: [UInt8]

  /// The key of these bytes; nil unless they are 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Its first 16 hexadecimal digits in groups of four, for people.
  public var fingerprint: String {
    let digits = Hexadecimal.text(Array(bytes.prefix(8)))
    return stride(from: 0, to: 16, by: 4).map { start in
      String(digits.dropFirst(start).prefix(4))
    }.joined(separator: "-")
  }

  /// All 64 hexadecimal digits.
  public var hexadecimal: String { Hexadecimal.text(bytes) }

  /// The fingerprint.
  public var description: String { fingerprint }
}

/// A key of one member of a cluster: the secret, and the public half that follows from it.
///
/// Printing or dumping one shows the fingerprint only.
public struct KeyPair: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
  /// What others know of it.
  public let publicKey: PublicKey
  /// 32 bytes that never leave this process but into a secret file.
  let secret: [UInt8]

  /// A new pair; chance comes from the system.
  public static func generate() throws(TransportError) -> KeyPair {
    var publicText = [CChar](repeating: 0, count: 41)
    var secretText = [CChar](repeating: 0, count: 41)
    guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else {
      throw .socket(operation: "drawing a key", reason: lastReason())
    }
    guard let secret = bytes(ofZ85: secretText), let pair = KeyPair(secret: secret) else {
      throw .socket(operation: "drawing a key", reason: "the library gave none")
    }
    return pair
  }

  /// The pair of a secret of 32 bytes; nil for another number of bytes, or when the library was
  /// built without encryption.
  init?(secret: [UInt8]) {
    guard secret.count == 32 else { return nil }
    var secretText = [CChar](repeating: 0, count: 41)
    var publicText = [CChar](repeating: 0, count: 41)
    guard unsafe zmq_z85_encode(&secretText, secret, 32) != nil,
      unsafe zmq_curve_public(&publicText, secretText) == 0,
      let bytes = Self.bytes(ofZ85: publicText), let publicKey = PublicKey(bytes: bytes)
    else { return nil }
    self.publicKey = publicKey
    self.secret = secret
  }

  /// The fingerprint of the public half.
  public var description: String { publicKey.fingerprint }

  /// Shows the public half only.
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }

  private static func bytes(ofZ85 text: [CChar]) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 32)
    return unsafe zmq_z85_decode(&bytes, text) == nil ? nil : bytes
  }
}

/// Bytes as pairs of digits.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The bytes of an even number of digits; nil for anything else.
  static func bytes(_ text: Substring) -> [UInt8]? {
    let values = text.utf8.map { digit -> UInt8? in
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x61 + 10
      case 0x41...0x46: digit - 0x41 + 10
      default: nil
      }
    }
    let known = values.compactMap(\.self)
    guard known.count == values.count, known.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: known.count, by: 2).map { known[$0] << 4 | known[$0 + 1] }
  }
}
