import Kernels
import Testing

/// The expected values come from the reference implementation (xxhash 3 of PyPI).
@Suite struct ByteHashTests {
  @Test(arguments: [
    ("", UInt64(0xEF46_DB37_51D8_E999)),
    ("a", 0xD24E_C4F1_A98C_6E5B),
    ("abc", 0x44BC_2CF5_AD77_0999),
  ])
  func matchesPublishedVectors(text: String, expected: UInt64) {
    #expect(ByteHash.xxh64(Bytes(Array(text.utf8))) == expected)
  }

  @Test(arguments: [
    (100, UInt64(0), UInt64(0x8E22_72C0_8247_D5DB)),
    (100, 7, 0x2417_0525_5831_7ACF),
    (45, 3, 0xD8B6_84DD_6F10_7704),
  ])
  func matchesTheReferenceOverStripes(length: Int, seed: UInt64, expected: UInt64) {
    let bytes = Bytes((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) })
    #expect(ByteHash.xxh64(bytes, seed: seed) == expected)
  }

  @Test func everyByteOfEveryLengthCounts() {
    for length in [1, 3, 4, 7, 8, 31, 32, 33, 64, 100] {
      let bytes = Bytes((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) })
      let whole = ByteHash.xxh64(bytes)
      for index in 0..<length {
        bytes[index] ^= 1
        #expect(ByteHash.xxh64(bytes) != whole, "byte \(index) of \(length)")
        bytes[index] ^= 1
      }
      #expect(ByteHash.xxh64(bytes, seed: 1) != whole)
    }
  }
}
