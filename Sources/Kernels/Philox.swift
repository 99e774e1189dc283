/// The counter-based generator Philox4x32 with ten rounds.
///
/// A block is a pure function of (counter, key), so any number of a run can be made by anyone at
/// any time. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum Philox {
  @usableFromInline static var multiplier0: UInt32 { 0xD251_1F53 }
  @usableFromInline static var multiplier1: UInt32 { 0xCD9E_8D57 }
  @usableFromInline static var weyl0: UInt32 { 0x9E37_79B9 }
  @usableFromInline static var weyl1: UInt32 { 0xBB67_AE85 }

  /// Four random words for one counter and key.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let product0 = UInt64(multiplier0) &* UInt64(c.x)
      let product1 = UInt64(multiplier1) &* UInt64(c.z)
      c = SIMD4(
        UInt32(truncatingIfNeeded: product1 >> 32) ^ c.y ^ k.x,
        UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ c.w ^ k.y,
        UInt32(truncatingIfNeeded: product0))
      k = SIMD2(k.x &+ weyl0, k.y &+ weyl1)
    }
    return c
  }
}
