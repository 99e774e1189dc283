/// Elementary functions of eight numbers at once, each within about two units in the last place.
///
/// Polynomials after Cody and Waite ("Software Manual for the Elementary Functions", 1980) with the
/// coefficients of the Cephes library. They are the same on every machine that runs one binary,
/// which the C library's, chosen at load time by the kind of CPU, are not.
public enum VectorMath {
  /// eˣ. Below −87.3, where the result would not be normal, it is 0; from 88.7 on it is infinite.
  @inlinable @inline(__always)
  public static func exp(_ x: Octet) -> Octet {
    // Lower, the product below would be subnormal, which costs a hundred cycles.
    let clamped = x.atLeast(-87.3).atMost(89)
    // Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
    let magic = Octet(repeating: 12_582_912)
    let shifted = magic.addingProduct(clamped, Octet(repeating: 1.442_695_04))
    let exponent = shifted - magic
    var r = clamped.addingProduct(exponent, Octet(repeating: -0.693_359_375))
    r = r.addingProduct(exponent, Octet(repeating: 2.121_944_4e-4))
    var sum = Octet(repeating: 1.987_569_15e-4)
    sum = Octet(repeating: 1.398_199_950_7e-3).addingProduct(sum, r)
    sum = Octet(repeating: 8.333_451_907_3e-3).addingProduct(sum, r)
    sum = Octet(repeating: 4.166_579_589_4e-2).addingProduct(sum, r)
    sum = Octet(repeating: 1.666_666_545_9e-1).addingProduct(sum, r)
    sum = Octet(repeating: 5.000_000_120_1e-1).addingProduct(sum, r)
    sum = (r + 1).addingProduct(sum, r * r)
    // Half the exponent first, so that 2¹²⁸ is never formed.
    let whole = SIMD8<Int32>(truncatingIfNeeded: bits(shifted)) &- 0x4B40_0000
    let half = whole &>> 1
    let result = sum * powerOfTwo(half) * powerOfTwo(whole &- half)
    return result.replacing(with: 0, where: x .< -87.3)
      .replacing(with: .infinity, where: x .> 88.722_8)
  }

  /// The natural logarithm of positive normal numbers; of 0 it is −∞.
  @inlinable
  public static func log(_ x: Octet) -> Octet {
    // x = m·2ᵉ with m in [√½, √2).
    let offset = bits(x) &- 0x3F35_04F3
    let whole = SIMD8<Int32>(truncatingIfNeeded: offset) &>> 23
    let exponent = number(SIMD8<UInt32>(truncatingIfNeeded: whole &+ 0x4B40_0000)) - 12_582_912
    let mantissa = number((offset & 0x007F_FFFF) &+ 0x3F35_04F3)
    let f = mantissa - 1
    let square = f * f
    var sum = Octet(repeating: 7.037_683_629_2e-2)
    sum = Octet(repeating: -1.151_461_031_0e-1).addingProduct(sum, f)
    sum = Octet(repeating: 1.167_699_874_0e-1).addingProduct(sum, f)
    sum = Octet(repeating: -1.242_014_084_6e-1).addingProduct(sum, f)
    sum = Octet(repeating: 1.424_932_278_7e-1).addingProduct(sum, f)
    sum = Octet(repeating: -1.666_805_766_5e-1).addingProduct(sum, f)
    sum = Octet(repeating: 2.000_071_476_5e-1).addingProduct(sum, f)
    sum = Octet(repeating: -2.499_999_399_3e-1).addingProduct(sum, f)
    sum = Octet(repeating: 3.333_333_117_4e-1).addingProduct(sum, f)
    var tail = sum * f * square
    tail = tail.addingProduct(exponent, Octet(repeating: -2.121_944_4e-4))
    tail = tail.addingProduct(square, Octet(repeating: -0.5))
    let result = (f + tail).addingProduct(exponent, Octet(repeating: 0.693_359_375))
    return result.replacing(with: -.infinity, where: x .== 0)
      .replacing(with: x, where: x .!= x .| x .== .infinity)
  }

  /// log(1 + x) for 0 ≤ x ≤ 1, exact to relative rounding down to the smallest x.
  @inlinable
  public static func log1p(_ x: Octet) -> Octet {
    // 2·artanh(x / (2 + x)); the argument is at most ⅓, so the series ends soon.
    let r = x / (x + 2)
    let square = r * r
    var sum = Octet(repeating: 2.0 / 17)
    sum = Octet(repeating: 2.0 / 15).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 13).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 11).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 9).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 7).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 5).addingProduct(sum, square)
    sum = Octet(repeating: 2.0 / 3).addingProduct(sum, square)
    return (r + r).addingProduct(sum * square, r)
  }

  /// eˣ − 1 for x ≤ 88, exact to relative rounding near 0.
  @inlinable
  public static func expm1(_ x: Octet) -> Octet {
    let near = x.atLeast(-0.5).atMost(0.5)
    var sum = Octet(repeating: 1.0 / 362_880)
    sum = Octet(repeating: 1.0 / 40_320).addingProduct(sum, near)
    sum = Octet(repeating: 1.0 / 5040).addingProduct(sum, near)
    sum = Octet(repeating: 1.0 / 720).addingProduct(sum, near)
    sum = Octet(repeating: 1.0 / 120).addingProduct(sum, near)
    sum = Octet(repeating: 1.0 / 24).addingProduct(sum, near)
    sum = Octet(repeating: 1.0 / 6).addingProduct(sum, near)
    sum = Octet(repeating: 0.5).addingProduct(sum, near)
    let series = near.addingProduct(sum, near * near)
    return series.replacing(with: exp(x) - 1, where: x.magnitude .> 0.5)
  }

  /// xᵃ for x ≥ 0, with 0⁰ = 1; small whole exponents multiply.
  @inlinable
  public static func power(_ x: Octet, _ exponent: Float) -> Octet {
    switch exponent {
    case 0: return Octet(repeating: 1)
    case 1: return x
    case 2: return x * x
    case 3: return x * x * x
    case 4: return (x * x) * (x * x)
    default:
      let result = exp(log(x) * exponent)
      return result.replacing(with: exponent < 0 ? .infinity : 0, where: x .== 0)
    }
  }

  @inlinable @inline(__always)
  static func bits(_ x: Octet) -> SIMD8<UInt32> {
    unsafe unsafeBitCast(x, to: SIMD8<UInt32>.self)
  }

  @inlinable @inline(__always)
  static func number(_ bits: SIMD8<UInt32>) -> Octet { unsafe unsafeBitCast(bits, to: Octet.self) }

  @inlinable @inline(__always)
  static func powerOfTwo(_ exponent: SIMD8<Int32>) -> Octet {
    number(SIMD8<UInt32>(truncatingIfNeeded: (exponent &+ 127) &<< 23))
  }
}
