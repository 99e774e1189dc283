/// Eight numbers that one instruction works on: the step width of the loops over columns.
public typealias Octet = SIMD8<Float>

extension SIMD8<Float> {
  /// `count` rounded up to whole octets: the length of a padded column.
  @inlinable @inline(__always)
  public static func padded(_ count: Int) -> Int { (count + 7) & ~7 }

  /// The larger of each pair; a lane that is not a number stays so.
  @inlinable @inline(__always)
  public func atLeast(_ floor: Float) -> Self {
    replacing(with: Self(repeating: floor), where: self .< Self(repeating: floor))
  }

  /// The smaller of each pair; a lane that is not a number stays so.
  @inlinable @inline(__always)
  public func atMost(_ ceiling: Float) -> Self {
    replacing(with: Self(repeating: ceiling), where: self .> Self(repeating: ceiling))
  }

  /// The absolute values.
  @inlinable @inline(__always)
  public var magnitude: Self {
    unsafe unsafeBitCast(
      unsafeBitCast(self, to: SIMD8<UInt32>.self) & SIMD8<UInt32>(repeating: 0x7FFF_FFFF),
      to: Self.self)
  }
}

extension View<Float> {
  /// The eight elements from `index` on.
  @inlinable @inline(__always)
  public func octet(at index: Int) -> Octet {
    precondition(index >= 0 && index + 8 <= count, "octet outside the view")
    return unsafe UnsafeRawPointer(pointer + index).loadUnaligned(as: Octet.self)
  }

  /// Writes eight elements from `index` on.
  @inlinable @inline(__always)
  public func setOctet(_ octet: Octet, at index: Int) {
    precondition(index >= 0 && index + 8 <= count, "octet outside the view")
    unsafe UnsafeMutableRawPointer(pointer + index).storeBytes(of: octet, as: Octet.self)
  }
}
