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
    var low = fourBlocks(example: example, firstBlock: firstBlock)
    var high = fourBlocks(example: example, firstBlock: firstBlock &+ 4)
    var k0 = FourBlocks.Wide(repeating: UInt64(key.x))
    var k1 = FourBlocks.Wide(repeating: UInt64(key.y))
    // Both halves in one loop: a round waits for its multiplications, and two wait together.
    for _ in 0..<10 {
      low.round(k0, k1)
      high.round(k0, k1)
      k0 = k0 &+ FourBlocks.Wide(repeating: UInt64(Philox.weyl0))
      k1 = k1 &+ FourBlocks.Wide(repeating: UInt64(Philox.weyl1))
    }
    return EightBlocks(
      x: FourBlocks.joined(low.c0, high.c0), y: FourBlocks.joined(low.c1, high.c1),
      z: FourBlocks.joined(low.c2, high.c2), w: FourBlocks.joined(low.c3, high.c3))
  }

  /// The counters of four blocks.
  @inline(__always)
  private func fourBlocks(example: Int, firstBlock: Int) -> FourBlocks {
    let high = UInt32(truncatingIfNeeded: step >> 32)
    let exampleHigh = UInt32(truncatingIfNeeded: example >> 32) &<< 16
    return FourBlocks(
      c0: SIMD4(0, 1, 2, 3)
        &+ SIMD4(repeating: UInt64(UInt32(truncatingIfNeeded: firstBlock))),
      c1: SIMD4(repeating: UInt64(UInt32(truncatingIfNeeded: example))),
      c2: SIMD4(repeating: UInt64(UInt32(truncatingIfNeeded: step))),
      c3: SIMD4(repeating: UInt64(high ^ exampleHigh)))
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

/// The state of four blocks. Each 32-bit word sits in a 64-bit lane, so that a round is two
/// widening multiplications of whole vectors and no shuffle; high halves of lanes are left dirty.
private struct FourBlocks {
  typealias Wide = SIMD4<UInt64>

  var c0: Wide
  var c1: Wide
  var c2: Wide
  var c3: Wide

  @inline(__always)
  mutating func round(_ k0: Wide, _ k1: Wide) {
    let low = Wide(repeating: 0xFFFF_FFFF)
    let product0 = (c0 & low) &* Wide(repeating: UInt64(Philox.multiplier0))
    let product1 = (c2 & low) &* Wide(repeating: UInt64(Philox.multiplier1))
    c0 = (product1 &>> 32) ^ c1 ^ k0
    c2 = (product0 &>> 32) ^ c3 ^ k1
    c1 = product1
    c3 = product0
  }

  /// The low halves of eight lanes.
  @inline(__always)
  static func joined(_ low: Wide, _ high: Wide) -> SIMD8<UInt32> {
    SIMD8(
      lowHalf: SIMD4(truncatingIfNeeded: low), highHalf: SIMD4(truncatingIfNeeded: high))
  }
}
