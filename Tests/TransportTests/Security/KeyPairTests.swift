import Testing

@testable import Transport

@Suite struct KeyPairTests {
  @Test func pairsDifferAndFollowFromTheirSecrets() throws {
    let pairs = try (0..<20).map { _ in try KeyPair.generate() }
    #expect(Set(pairs.map(\.publicKey)).count == 20)
    for pair in pairs { #expect(KeyPair(secret: pair.secret) == pair) }
    #expect(KeyPair(secret: .init(repeating: 1, count: 31)) == nil)
    #expect(PublicKey(bytes: []) == nil)
  }

  /// Against the Montgomery ladder of RFC 7748 in exact integers.
  @Test func thePublicHalfIsThatOfCurve25519() throws {
    let pair = try #require(KeyPair(secret: (1...32).map { UInt8($0) }))
    #expect(
      pair.publicKey.hexadecimal
        == "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c")
    #expect(pair.publicKey.fingerprint == "07a3-7cbc-1420-93c8")
  }

  @Test func theSecretIsNeverPrinted() throws {
    let pair = try KeyPair.generate()
    let secret = Hexadecimal.text(pair.secret)
    var dumped = ""
    dump(pair, to: &dumped)
    for text in ["\(pair)", String(reflecting: pair), dumped, "\(Security.listening(pair))"] {
      #expect(!text.contains(secret.prefix(8)))
      #expect(!text.contains("[\(pair.secret[0]), \(pair.secret[1])"))
    }
    #expect("\(pair)".count == 19)
  }

  @Test func digitsComeBack() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(Hexadecimal.bytes(Substring(Hexadecimal.text(bytes))) == bytes)
    #expect(Hexadecimal.bytes("0G") == nil)
    #expect(Hexadecimal.bytes("abc") == nil)
  }
}
