/// A permutation of 0 ..< count that needs no memory: each image is computed by itself.
///
/// A balanced Feistel network of eight Philox-keyed rounds on the next even power of two, walked
/// until it falls inside (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
public struct Permutation: Sendable {
  /// How many elements are permuted.
  public let count: Int
  private let halfBits: UInt64
  private let mask: UInt64
  private let randomness: Randomness
  private let tweak: Int

  /// A permutation of `count` elements; `index` tells apart the permutations of one stream.
  public init(count: Int, randomness: Randomness, index: Int = 0) {
    precondition(count >= 0, "a permutation cannot have \(count) elements")
    self.count = count
    self.randomness = randomness
    self.tweak = index
    let bits = count <= 2 ? 2 : UInt64(Int.bitWidth - (count - 1).leadingZeroBitCount)
    halfBits = (bits + 1) / 2
    mask = (1 << halfBits) - 1
  }

  /// The image of `position`.
  public subscript(_ position: Int) -> Int {
    precondition(position >= 0 && position < count, "position outside the permutation")
    var value = UInt64(position)
    repeat { value = network(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func network(_ value: UInt64) -> UInt64 {
    var left = value >> halfBits
    var right = value & mask
    for round in 0..<4 {
      // One block serves two rounds of the network.
      let first = randomness.words(example: Int(right), block: tweak &* 16 &+ round)
      (left, right) = (right, left ^ (UInt64(first.x) | UInt64(first.y) << 32) & mask)
      let second = randomness.words(example: Int(right), block: tweak &* 16 &+ round &+ 8)
      (left, right) = (right, left ^ (UInt64(second.x) | UInt64(second.y) << 32) & mask)
    }
    return left << halfBits | right
  }
}
