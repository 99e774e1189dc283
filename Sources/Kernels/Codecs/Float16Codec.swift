/// Numbers in half precision, as they are or times one power of two.
///
/// Ties round to even; what is too large becomes infinite, and what is not finite stays so.
public enum Float16Codec {
  /// The powers of two that numbers may be multiplied with.
  public static let powers = -126...126

  /// The largest power of two that leaves every finite number of `values` at or below 2¹⁵, so that
  /// the least of them lose the fewest digits; at most 100, and 0 when all are 0.
  ///
  /// Rounding does not pass 2¹⁵: of rounded numbers the power is the same or larger, and fits.
  public static func power(for values: Floats) -> Int {
    let bits = unsafe Magnitude.largest(values.pointer, values.count).bits
    guard bits > 0 else { return 0 }
    let isPower = bits & 0x7F_FFFF == 0
    return min(100, (isPower ? 15 : 14) + 127 - Int(bits >> 23))
  }

  /// Writes `values` times 2^power.
  public static func encode(_ values: Floats, power: Int = 0, into codes: View<UInt16>) {
    precondition(codes.count == values.count, "a code for each number")
    let factor = scale(power)
    let source = unsafe values.pointer
    let target = unsafe codes.pointer
    for index in 0..<values.count {
      unsafe target[index] = Float16(source[index] * factor).bitPattern
    }
  }

  /// Reads numbers that were written times 2^power.
  public static func decode(_ codes: View<UInt16>, power: Int = 0, into values: Floats) {
    precondition(codes.count == values.count, "a code for each number")
    let factor = scale(-power)
    let source = unsafe codes.pointer
    let target = unsafe values.pointer
    for index in 0..<values.count {
      unsafe target[index] = Float(Float16(bitPattern: source[index])) * factor
    }
  }

  /// Writes and reads in place.
  public static func round(_ values: Floats, power: Int = 0) {
    let (factor, inverse) = (scale(power), scale(-power))
    let numbers = unsafe values.pointer
    for index in 0..<values.count {
      unsafe numbers[index] = Float(Float16(numbers[index] * factor)) * inverse
    }
  }

  private static func scale(_ power: Int) -> Float {
    precondition(powers.contains(power), "2 to the power of \(power) is no scale")
    return Float(sign: .plus, exponent: power, significand: 1)
  }
}
