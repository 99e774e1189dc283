import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct KeyFileTests {
  static let pair = KeyPair(secret: (1...32).map { UInt8($0) })

  @Test func textsComeBack() throws {
    let pair = try #require(Self.pair)
    #expect(try KeyFile.keyPair(Array(KeyFile.text(pair).utf8)) == pair)
    #expect(try KeyFile.publicKey(Array(KeyFile.text(pair.publicKey).utf8)) == pair.publicKey)
    #expect(KeyFile.text(pair).utf8.count <= KeyFile.byteLimit)
  }

  @Test(
    arguments: [
      ("", "does not begin with"), ("secret", "does not begin with"),
      ("autoloss public key 1\npublic 00", "does not begin with"),
      ("autoloss secret key 1\n", "1 lines where 3"),
      ("autoloss secret key 1\npublic 00\nsecret 00\n", "\"public\" is not 64"),
      ("autoloss secret key 1\nsecret 00\npublic 00\n", "\"public\" is not 64"),
      ("autoloss secret key 1\npublic PP\nsecret 00\n", "\"secret\" is not 64"),
      ("autoloss secret key 1\npublic PP\nsecret PP\n", "do not belong together"),
      ("autoloss secret key 1\npublic PP\nsecret PP\nmore 1\n", "4 lines where 3"),
      ("autoloss secret key 1\npublic PP PP\nsecret PP\n", "\"public\" is not 64"),
      (String(repeating: "a", count: 1025), "not a key file"),
    ])
  func saysWhatIsWrong(text: String, reason: String) {
    let whole = text.replacing("PP", with: Self.pair?.publicKey.hexadecimal ?? "")
    let problem = #expect(throws: KeyFile.Problem.self) {
      try KeyFile.keyPair(Array(whole.utf8))
    }
    #expect(problem?.sentence.contains(reason) == true, "\(problem?.sentence ?? "")")
    // Whatever is wrong, no digit of a secret is told.
    #expect(problem?.sentence.contains("07a3") == false)
  }

  /// Damaged files of both kinds: refused with a sentence, or the same key as before.
  @Test func filesSurviveDamage() throws {
    let count = Int(ProcessInfo.processInfo.environment["AUTOLOSS_FUZZ_INPUTS"] ?? "") ?? 20_000
    let pair = try #require(Self.pair)
    var refused = 0
    for round in 0..<count {
      let text = round.isMultiple(of: 2) ? KeyFile.text(pair) : KeyFile.text(pair.publicKey)
      let bytes = mutate(Array(text.utf8), trial: round)
      do {
        if round.isMultiple(of: 2) {
          // The public line holds the pair together.
          #expect(try KeyFile.keyPair(bytes).publicKey == pair.publicKey)
        } else {
          _ = try KeyFile.publicKey(bytes)
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > count / 4)
    print("fuzz: \(count) damaged key files, \(refused) refused, none trapped")
  }
}
