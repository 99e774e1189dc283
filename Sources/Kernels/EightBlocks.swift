/// Eight neighbouring Philox blocks: lane k of `x` is the first word of block k, and so on.
struct EightBlocks {
  var x: SIMD8<UInt32>
  var y: SIMD8<UInt32>
  var z: SIMD8<UInt32>
  var w: SIMD8<UInt32>
}

extension Randomness {
  /// Blocks `firstBlock` to `firstBlock + 7` of `example`, equal to eight calls of `words`.
  @inline(__always)
  func eightBlocks(example: Int, firstBlock: Int) -> EightBlocks {
    let low = fourBlocks(example: example, firstBlock: firstBlock)
    let high = fourBlocks(example: example, firstBlock: firstBlock &+ 4)
    return EightBlocks(
      x: Self.joined(low.0, high.0), y: Self.joined(low.1, high.1),
      z: Self.joined(low.2, high.2), w: Self.joined(low.3, high.3))
  }

  private typealias Wide = SIMD4<UInt64>

  /// Four blocks. Each 32-bit word sits in a 64-bit lane, so that a round is two widening
  /// multiplications of whole vectors and no shuffle; high halves of lanes are left dirty.
  @inline(__always)
  private func fourBlocks(example: Int, firstBlock: Int) -> (Wide, Wide, Wide, Wide) {
    let low = Wide(repeating: 0xFFFF_FFFF)
    let high = UInt32(truncatingIfNeeded: step >> 32)
    let exampleHigh = UInt32(truncatingIfNeeded: example >> 32) &<< 16
    var c0 = Wide(0, 1, 2, 3) &+ Wide(repeating: UInt64(UInt32(truncatingIfNeeded: firstBlock)))
    var c1 = Wide(repeating: UInt64(UInt32(truncatingIfNeeded: example)))
    var c2 = Wide(repeating: UInt64(UInt32(truncatingIfNeeded: step)))
    var c3 = Wide(repeating: UInt64(high ^ exampleHigh))
    var k0 = Wide(repeating: UInt64(key.x))
    var k1 = Wide(repeating: UInt64(key.y))
    for _ in 0..<10 {
      let product0 = (c0 & low) &* Wide(repeating: UInt64(Philox.multiplier0))
      let product1 = (c2 & low) &* Wide(repeating: UInt64(Philox.multiplier1))
      c0 = (product1 &>> 32) ^ c1 ^ k0
      c2 = (product0 &>> 32) ^ c3 ^ k1
      c1 = product1
      c3 = product0
      k0 = k0 &+ Wide(repeating: UInt64(Philox.weyl0))
      k1 = k1 &+ Wide(repeating: UInt64(Philox.weyl1))
    }
    return (c0, c1, c2, c3)
  }

  /// The low halves of eight lanes.
  @inline(__always)
  private static func joined(_ low: Wide, _ high: Wide) -> SIMD8<UInt32> {
    SIMD8(
      lowHalf: SIMD4(truncatingIfNeeded: low), highHalf: SIMD4(truncatingIfNeeded: high))
  }

  /// Fills `words` with consecutive words of `example` from lane 0 on; traps unless the count is a
  /// multiple of 32.
  public func fill(_ words: View<UInt32>, example: Int) {
    precondition(words.count % 32 == 0, "words are made 32 at a time")
    for group in 0..<words.count / 32 {
      let blocks = eightBlocks(example: example, firstBlock: group * 8)
      for lane in 0..<8 {
        let place = group * 32 + lane * 4
        words[place] = blocks.x[lane]
        words[place + 1] = blocks.y[lane]
        words[place + 2] = blocks.z[lane]
        words[place + 3] = blocks.w[lane]
      }
    }
  }
}
