/// Absolute values as bits, whose order is that of the numbers.
enum Magnitude {
  /// The bits of infinity: those of all finite numbers are below.
  static let infinity: UInt32 = 0x7F80_0000

  /// The bits of the largest absolute value among the finite ones of `count` numbers, 0 without
  /// any, and whether all are finite.
  @inline(__always)
  static func largest(
    _ values: UnsafePointer<Float>, _ count: Int
  ) -> (bits: UInt32, isFinite: Bool) {
    var all = SIMD8<UInt32>(repeating: 0)
    var finite = all
    let limit = SIMD8<UInt32>(repeating: infinity)
    var offset = 0
    while offset < count {
      let octet = unsafe Octet.load(values + offset, count &- offset).magnitude
      let bits = unsafe unsafeBitCast(octet, to: SIMD8<UInt32>.self)
      all.replace(with: bits, where: bits .> all)
      finite.replace(with: bits, where: (bits .> finite) .& (bits .< limit))
      offset &+= 8
    }
    return (finite.max(), all.max() < infinity)
  }
}
