import Glibc

/// What a stream of random numbers is for; streams of different purposes are independent.
public enum Purpose: UInt32, Sendable, CaseIterable {
  case split = 1
  case order = 2
  case weights = 3
  case dropout = 4
  case gumbel = 5
  case validationGumbel = 6
  case controllerDropout = 7
  case synthesis = 8
  case strategy = 9
  case validationOrder = 10
  case test = 11
  case validationControllerDropout = 12
  case validationDropout = 13
  case rowRounding = 14
  case denseRounding = 15
  case tuning = 16
  case labelNoise = 17
}

/// A stream of random numbers, addressed by (seed, purpose, step, example, lane).
///
/// Nothing is stored but the address: any number can be made by any thread or machine, in any
/// order, and is the same. An example is a position in the global batch, never in a slice.
public struct Randomness: Sendable, Equatable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let step: UInt64

  /// The stream of `purpose` at `step` in the run with this seed.
  public init(seed: UInt64, purpose: Purpose, step: UInt64 = 0) {
    let seedWords = SIMD4(
      UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32),
      purpose.rawValue, 0)
    let mixed = Philox.block(counter: seedWords, key: SIMD2(0x6175_746F, 0x6C6F_7373))
    self.key = SIMD2(mixed.x, mixed.y)
    self.step = step
  }

  /// Four words: lanes `4·block` to `4·block + 3` of `example`.
  @inlinable
  public func words(example: Int, block: Int) -> SIMD4<UInt32> {
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: example),
      UInt32(truncatingIfNeeded: step),
      UInt32(truncatingIfNeeded: step >> 32) ^ UInt32(truncatingIfNeeded: example >> 32) &<< 16)
    return Philox.block(counter: counter, key: key)
  }

  /// One word.
  @inlinable
  public func word(example: Int, lane: Int) -> UInt32 {
    words(example: example, block: lane >> 2)[lane & 3]
  }

  /// A uniform number in the open interval (0, 1): the middle of one of 2²³ equal cells, so that
  /// its logarithm and that of its complement are finite.
  @inlinable
  public func uniform(example: Int, lane: Int) -> Float {
    Self.uniform(word(example: example, lane: lane))
  }

  /// Maps a word to the open interval (0, 1).
  @inlinable
  public static func uniform(_ word: UInt32) -> Float {
    (Float(word >> 9) + 0.5) * 0x1p-23
  }

  /// A standard normal number, by the transform of Box and Muller in double precision.
  public func normal(example: Int, lane: Int) -> Float {
    let words = words(example: example, block: lane >> 1)
    let pair = lane & 1 == 0 ? (words.x, words.y) : (words.z, words.w)
    let radius = (-2 * log((Double(pair.0) + 0.5) * 0x1p-32)).squareRoot()
    return Float(radius * cos(2 * Double.pi * (Double(pair.1) + 0.5) * 0x1p-32))
  }
}
