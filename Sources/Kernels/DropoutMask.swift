/// The dropout masks of one layer for some consecutive examples.
///
/// Unit u of an example is kept when 16 bits of the generator reach the threshold: with group
/// g = u / 64, word w = (u / 16) mod 4, half h = (u / 8) mod 2 and lane k = u mod 8 these are half
/// h of word w of block `firstBlock + 8g + k`. The order lets eight blocks be made and used at
/// once.
public struct DropoutMask: Sendable {
  /// The stream of the step.
  public let randomness: Randomness
  /// The position of row 0 in the global batch.
  public let firstExample: Int
  /// The first block of an example that belongs to this layer.
  public let firstBlock: Int
  /// A unit is dropped when its 16 bits are below this.
  public let threshold: Int32
  /// The factor of the units that are kept: one over the exact fraction that is.
  public let scale: Float

  /// Drops units with probability round(rate · 2¹⁶) / 2¹⁶; traps unless 0 ≤ rate < 1.
  public init(rate: Float, randomness: Randomness, firstExample: Int, firstBlock: Int) {
    precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), not \(rate)")
    self.randomness = randomness
    self.firstExample = firstExample
    self.firstBlock = firstBlock
    threshold = min(Int32((rate * 65536).rounded()), 65535)
    scale = 65536 / Float(65536 - threshold)
  }

  /// How many blocks of an example a layer of `width` units uses.
  public static func blockCount(width: Int) -> Int { (width + 63) / 64 * 8 }

  /// Whether `unit` of row `row` is kept: the definition, one at a time.
  public func keeps(row: Int, unit: Int) -> Bool {
    let block = firstBlock + unit / 64 * 8 + unit % 8
    let word = randomness.words(example: firstExample + row, block: block)[unit / 16 % 4]
    let bits = unit / 8 % 2 == 0 ? word & 0xFFFF : word >> 16
    return Int32(bits) >= threshold
  }

  /// The 16-bit numbers of units 64·group to 64·group + 63, sixteen a vector.
  @inline(__always)
  func bits(row: Int, group: Int) -> DropoutBits {
    let words = randomness.eightBlocks(
      example: firstExample &+ row, firstBlock: firstBlock &+ group &* 8)
    return DropoutBits(words)
  }
}

extension DropoutMask {
  /// y ← x times `scale` where a unit is kept, 0 where it is dropped; added to y when `accumulate`.
  ///
  /// Gradients go back by the same call. y may be x.
  public func apply(_ x: Matrix, into y: Matrix, accumulate: Bool = false) {
    y.check(rows: x.rows, columns: x.columns, "a dropout does not fit its result")
    for row in 0..<x.rows {
      for group in 0..<(x.columns &+ 63) / 64 {
        let bits = bits(row: row, group: group)
        let end = min(x.columns, group &* 64 &+ 64)
        for chunk in 0..<4 {
          let offset = group &* 64 &+ chunk &* laneCount
          guard offset < end else { break }
          let count = min(laneCount, end &- offset)
          var value = (x.load(row, offset, count) * scale)
            .masked(bits.kept(chunk, threshold: threshold))
          if accumulate { value += y.load(row, offset, count) }
          y.save(value, row, offset, count)
        }
      }
    }
  }
}

/// 64 numbers of 16 bits: vector c belongs to units 16c to 16c + 15 of the group.
struct DropoutBits {
  let words: EightBlocks

  @inline(__always)
  init(_ words: EightBlocks) { self.words = words }

  /// All bits set in the lanes of `chunk` that reach the threshold: a mask for float bits.
  @inline(__always)
  func kept(_ chunk: Int, threshold: Int32) -> SIMD16<Int32> {
    (SIMD16(repeating: threshold &- 1) &- self[chunk]) &>> 31
  }

  @inline(__always)
  private subscript(chunk: Int) -> SIMD16<Int32> {
    let word =
      switch chunk {
      case 0: words.x
      case 1: words.y
      case 2: words.z
      default: words.w
      }
    return SIMD16(
      lowHalf: SIMD8<Int32>(truncatingIfNeeded: word & 0xFFFF),
      highHalf: SIMD8<Int32>(truncatingIfNeeded: word &>> 16))
  }
}
