import CVector

extension SIMD8<Float> {
  /// The square roots, in one instruction.
  @inline(__always)
  var roots: SIMD8<Float> { autoloss_square_root(self) }

  /// Eight numbers from memory of any alignment.
  @inline(__always)
  static func load(_ address: UnsafePointer<Float>) -> SIMD8<Float> {
    unsafe UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Float>.self)
  }

  /// The first `count` of eight numbers from memory; the others are `filler`.
  @inline(__always)
  static func load(
    _ address: UnsafePointer<Float>, _ count: Int, filler: Float = 0
  ) -> SIMD8<Float> {
    if count >= 8 { return unsafe load(address) }
    var lanes = SIMD8(repeating: filler)
    for lane in 0..<count { lanes[lane] = unsafe address[lane] }
    return lanes
  }

  /// Writes the first `count` numbers.
  @inline(__always)
  func store(_ address: UnsafeMutablePointer<Float>, _ count: Int) {
    if count >= 8 {
      unsafe UnsafeMutableRawPointer(address).storeBytes(of: self, as: SIMD8<Float>.self)
    } else {
      for lane in 0..<count { unsafe address[lane] = self[lane] }
    }
  }
}

/// Asks for the cache lines of `count` numbers from `address` on, without waiting for them.
@inline(__always)
func prefetch(_ address: UnsafePointer<Float>, count: Int) {
  var offset = 0
  while offset < count {
    unsafe autoloss_prefetch(address + offset)
    offset &+= 16
  }
}

/// Asks for the cache line at an address, without waiting for it.
@inline(__always)
func prefetch(_ address: UnsafePointer<UInt64>) {
  unsafe autoloss_prefetch(address)
}
