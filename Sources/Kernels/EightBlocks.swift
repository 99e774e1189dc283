/// Eight neighbouring Philox blocks: lane k of `x` is the first word of block k, and so on.
struct EightBlocks {
  var x: SIMD8<UInt32>
  var y: SIMD8<UInt32>
  var z: SIMD8<UInt32>
  var w: SIMD8<UInt32>
}

extension Randomness {
  /// Blocks `firstBlock` to `firstBlock + 7` of `example`, equal to eight calls of `words`.
  ///
  /// Each 32-bit word sits in a 64-bit lane, so that a round is two widening multiplications of
  /// whole vectors and no shuffle.
  @inline(__always)
  func eightBlocks(example: Int, firstBlock: Int) -> EightBlocks {
    let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
    let high = UInt32(truncatingIfNeeded: step >> 32)
    let exampleHigh = UInt32(truncatingIfNeeded: example >> 32) &<< 16
    var c0 =
      (SIMD8<UInt64>(0, 1, 2, 3, 4, 5, 6, 7)
        &+ SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: firstBlock)))) & low
    var c1 = SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: example)))
    var c2 = SIMD8(repeating: UInt64(UInt32(truncatingIfNeeded: step)))
    var c3 = SIMD8(repeating: UInt64(high ^ exampleHigh))
    var k0 = key.x
    var k1 = key.y
    for _ in 0..<10 {
      let product0 = (c0 & low) &* SIMD8(repeating: UInt64(Philox.multiplier0))
      let product1 = (c2 & low) &* SIMD8(repeating: UInt64(Philox.multiplier1))
      c0 = (product1 &>> 32) ^ c1 ^ SIMD8(repeating: UInt64(k0))
      c2 = (product0 &>> 32) ^ c3 ^ SIMD8(repeating: UInt64(k1))
      c1 = product1 & low
      c3 = product0 & low
      k0 = k0 &+ Philox.weyl0
      k1 = k1 &+ Philox.weyl1
    }
    return EightBlocks(
      x: SIMD8(truncatingIfNeeded: c0), y: SIMD8(truncatingIfNeeded: c1),
      z: SIMD8(truncatingIfNeeded: c2), w: SIMD8(truncatingIfNeeded: c3))
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
