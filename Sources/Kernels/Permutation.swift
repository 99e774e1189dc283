/// A permutation of 0 ..< count that needs no memory: each image is computed by itself.
///
/// A Feistel network of eight rounds on the next power of two, walked until it falls inside (Black
/// and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Halves of different widths
/// keep the domain under twice the count, so the walk takes less than two steps on average. Round
/// keys come from Philox; a round mixes with the finaliser of SplitMix64 (Steele, Lea and Flood,
/// OOPSLA 2014), for a Philox block a round would cost more than decoding the row.
public struct Permutation: Sendable {
  /// How many elements are permuted.
  public let count: Int
  private let leftMask: UInt64
  private let rightMask: UInt64
  private let rightBits: UInt64
  private let keys: SIMD8<UInt64>

  /// A permutation of `count` elements; `index` tells apart the permutations of one stream.
  public init(count: Int, randomness: Randomness, index: Int = 0) {
    precondition(count >= 0, "a permutation cannot have \(count) elements")
    self.count = count
    let bits = count <= 4 ? 2 : UInt64(Int.bitWidth - (count - 1).leadingZeroBitCount)
    rightBits = (bits + 1) / 2
    rightMask = (1 << rightBits) - 1
    leftMask = (1 << (bits - rightBits)) - 1
    var keys = SIMD8<UInt64>()
    for pair in 0..<4 {
      let words = randomness.words(example: index, block: pair)
      keys[2 * pair] = UInt64(words.x) | UInt64(words.y) << 32
      keys[2 * pair + 1] = UInt64(words.z) | UInt64(words.w) << 32
    }
    self.keys = keys
  }

  /// The image of `position`.
  public subscript(_ position: Int) -> Int {
    precondition(position >= 0 && position < count, "position outside the permutation")
    var value = UInt64(position)
    repeat { value = network(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func network(_ value: UInt64) -> UInt64 {
    var left = value >> rightBits
    var right = value & rightMask
    for round in 0..<4 {
      left ^= Self.mix(right ^ keys[2 * round]) & leftMask
      right ^= Self.mix(left ^ keys[2 * round + 1]) & rightMask
    }
    return left << rightBits | right
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var bits = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
