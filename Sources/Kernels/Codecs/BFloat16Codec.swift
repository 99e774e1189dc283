/// Numbers as the upper half of single precision: its range, and 8 digits of 24.
///
/// Ties round to even; what is too large becomes infinite, and what is not finite stays so.
public enum BFloat16Codec {
  /// Writes `values`.
  public static func encode(_ values: Floats, into codes: View<UInt16>) {
    precondition(codes.count == values.count, "a code for each number")
    let source = unsafe values.pointer
    let target = unsafe codes.pointer
    for index in 0..<values.count {
      unsafe target[index] = UInt16(truncatingIfNeeded: rounded(source[index].bitPattern) &>> 16)
    }
  }

  /// Reads what `encode` wrote.
  public static func decode(_ codes: View<UInt16>, into values: Floats) {
    precondition(codes.count == values.count, "a code for each number")
    let source = unsafe codes.pointer
    let target = unsafe values.pointer
    for index in 0..<values.count {
      unsafe target[index] = Float(bitPattern: UInt32(source[index]) &<< 16)
    }
  }

  /// Writes and reads in place.
  public static func round(_ values: Floats) {
    let numbers = unsafe values.pointer
    for index in 0..<values.count {
      unsafe numbers[index] = Float(bitPattern: rounded(numbers[index].bitPattern) & 0xFFFF_0000)
    }
  }

  /// The bits whose upper half is the rounded number.
  @inline(__always)
  private static func rounded(_ bits: UInt32) -> UInt32 {
    let even = bits &+ 0x7FFF &+ (bits &>> 16 & 1)
    // Rounding up must not turn what is not a number into an infinity, or into 0.
    let isNumber = bits & 0x7FFF_FFFF <= Magnitude.infinity
    return isNumber ? even : bits | 0x40_0000
  }
}
