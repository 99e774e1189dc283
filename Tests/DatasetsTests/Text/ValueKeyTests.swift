import Kernels
import Testing

@testable import Datasets

@Suite struct ValueKeyTests {
  @Test func hexadecimalAgreesWithItsDefinition() {
    let randomness = Randomness(seed: 1, purpose: .test)
    let alphabet = Array("0123456789abcdef/:`g@AF ~\u{0}".utf8) + [0x80, 0xE1, 0xFF]
    for trial in 0..<20_000 {
      // Mostly digits, so that whole words are often valid.
      let bytes = (0..<8).map { place in
        let word = Int(randomness.word(example: trial, lane: place))
        return alphabet[word % (word >> 16 & 15 == 0 ? alphabet.count : 16)]
      }
      let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let isValid = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      let expected = isValid ? UInt32(String(decoding: bytes, as: UTF8.self), radix: 16) : nil
      #expect(ValueKey.hexadecimal(word) == expected)
    }
    // Every byte at every place.
    for place in 0..<8 {
      for byte in UInt8.min...UInt8.max {
        var bytes = Array("01af9e27".utf8)
        bytes[place] = byte
        let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let isValid = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        #expect((ValueKey.hexadecimal(word) != nil) == isValid)
      }
    }
  }

  @Test(arguments: ["", "a", "1234567", "0000000a", "ffffffff", "68fd1e64", "é", "DEAD"])
  func textsOfCategoriesComeBack(_ text: String) throws {
    let key = try #require(ValueKey.category(Array(text.utf8)))
    #expect(ValueKey.text(key) == Array(text.utf8))
  }

  @Test(arguments: ["DEADBEEF", "123456789", "deadbee "])
  func longTextsNeedAList(_ text: String) {
    #expect(ValueKey.category(Array(text.utf8)) == nil)
  }

  @Test(arguments: [-1_000_000_000_000, -3, 0, 1, 461])
  func numbersComeBack(_ number: Int) throws {
    let text = Array(String(number).utf8)
    #expect(ValueKey.text(ValueKey.number(number)) == text)
    #expect(ValueKey.numberToken(text) == ValueKey.number(number))
  }

  @Test func keysDiffer() {
    let texts = ["", "0", "00", "a", "a\u{0}", "0000000a", "00000000"]
    let keys = texts.compactMap { ValueKey.category(Array($0.utf8)) }
    #expect(Set(keys).count == texts.count && !keys.contains(0))
  }
}
