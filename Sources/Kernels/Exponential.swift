/// Exponentials and logarithms, sixteen at a time, and what losses make of them.
///
/// Own polynomials instead of the system's library: the bits depend on this file alone. Errors are
/// under 3 units in the last place (polynomials of Cephes, S. Moshier, `expf.c` and `logf.c`).
public enum Exponential {
  /// target_i ← exp(source_i).
  public static func exponential(_ source: Floats, into target: Floats) {
    map(source, into: target) { exponential($0) }
  }

  /// target_i ← log(source_i), for positive normal numbers.
  public static func logarithm(_ source: Floats, into target: Floats) {
    map(source, into: target) { logarithm($0) }
  }

  /// target_i ← 1 / (1 + exp(−source_i)).
  public static func sigmoid(_ source: Floats, into target: Floats) {
    map(source, into: target) { 1 / (1 + exponential(-$0)) }
  }

  /// target_i ← log(1 + exp(source_i)), finite for every finite number.
  public static func softplus(_ source: Floats, into target: Floats) {
    map(source, into: target) { softplus($0) }
  }

  /// Each row of the result ← the softmax of the row.
  public static func softmax(_ logits: Matrix, into result: Matrix) {
    unsafe rows(logits, result) { values, target, highest, sum in
      let factor = 1 / sum
      forLanes(logits.columns) { offset, count in
        let power = unsafe exponential(values.load(offset, count) - highest)
        unsafe target.save(power * factor, offset, count)
      }
    }
  }

  /// Each row of the result ← the logarithm of the softmax of the row.
  public static func logSoftmax(_ logits: Matrix, into result: Matrix) {
    unsafe rows(logits, result) { values, target, highest, sum in
      let normaliser = highest + logarithm(Lanes(repeating: sum))[0]
      forLanes(logits.columns) { offset, count in
        unsafe target.save(values.load(offset, count) - normaliser, offset, count)
      }
    }
  }

  private static func rows(
    _ logits: Matrix, _ result: Matrix,
    _ body: (
      _ values: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>,
      _ highest: Float, _ sum: Float
    ) -> Void
  ) {
    result.check(rows: logits.rows, columns: logits.columns, "a softmax does not fit its result")
    precondition(logits.columns > 0, "a softmax needs one column at least")
    for row in 0..<logits.rows {
      let values = unsafe logits.row(row)
      var highest = unsafe values[0]
      for column in 0..<logits.columns { highest = max(highest, unsafe values[column]) }
      var sums = Lanes(repeating: 0)
      forLanes(logits.columns) { offset, count in
        var powers = unsafe exponential(values.load(offset, count) - highest)
        for lane in count..<laneCount { powers[lane] = 0 }
        sums += powers
      }
      unsafe body(values, result.row(row), highest, sums.sum())
    }
  }

  @inline(__always)
  private static func map(_ source: Floats, into target: Floats, _ body: (Lanes) -> Lanes) {
    precondition(source.count == target.count, "a map between views of different lengths")
    forLanes(source.count) { offset, count in
      target.save(body(source.load(offset, count)), offset, count)
    }
  }
}

extension Exponential {
  /// exp: x = n·log 2 + r, exp(r) by a polynomial, 2ⁿ by the exponent's bits.
  @inline(__always)
  static func exponential(_ x: Lanes) -> Lanes {
    let bounded = x.clamped(
      lowerBound: Lanes(repeating: -87.3), upperBound: Lanes(repeating: 88.7))
    let n = (bounded * 1.442_695_04).rounded(.toNearestOrEven)
    var r = bounded
    r.addProduct(n, Lanes(repeating: -0.693_359_375))
    r.addProduct(n, Lanes(repeating: 2.121_944_4e-4))
    var p = Lanes(repeating: 1.987_569_1e-4)
    p = step(p, r, 1.398_199_9e-3)
    p = step(p, r, 8.333_452e-3)
    p = step(p, r, 4.166_579_6e-2)
    p = step(p, r, 1.666_666_5e-1)
    p = step(p, r, 0.5)
    p = (r + 1).addingProduct(p, r * r)
    let exponent = SIMD16<Int32>(truncatingIfNeeded: SIMD16<Int32>(n)) &+ 127
    let power = unsafe unsafeBitCast(exponent &<< 23, to: Lanes.self)
    return (p * power)
      .replacing(with: 0, where: x .< -87.3)
      .replacing(with: .infinity, where: x .> 88.7)
      .replacing(with: x, where: x .!= x)
  }

  /// log of positive normal numbers: the exponent apart, the fraction in [√½, √2) by a polynomial.
  @inline(__always)
  static func logarithm(_ x: Lanes) -> Lanes {
    let shifted = unsafe unsafeBitCast(x, to: SIMD16<Int32>.self) &- 0x3F35_04F3
    let exponent = Lanes(shifted &>> 23)
    let fraction =
      unsafe unsafeBitCast((shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: Lanes.self) - 1
    var p = Lanes(repeating: 7.037_683_6e-2)
    p = step(p, fraction, -1.151_461_03e-1)
    p = step(p, fraction, 1.167_699_87e-1)
    p = step(p, fraction, -1.242_014_08e-1)
    p = step(p, fraction, 1.424_932_28e-1)
    p = step(p, fraction, -1.666_805_77e-1)
    p = step(p, fraction, 2.000_071_48e-1)
    p = step(p, fraction, -2.499_999_4e-1)
    p = step(p, fraction, 3.333_333_12e-1)
    let square = fraction * fraction
    var result = fraction * square * p
    result.addProduct(exponent, Lanes(repeating: -2.121_944_4e-4))
    result.addProduct(square, Lanes(repeating: -0.5))
    result += fraction
    result.addProduct(exponent, Lanes(repeating: 0.693_359_375))
    return result
  }

  /// log(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)).
  ///
  /// log1p(e) = log(u)·e / (u − 1) with u = 1 + e rounded, which repairs what the rounding lost.
  @inline(__always)
  static func softplus(_ x: Lanes) -> Lanes {
    let power = exponential(-(x.replacing(with: -x, where: x .< 0)))
    let u = power + 1
    let quotient = logarithm(u) * power / (u - 1)
    return x.replacing(with: 0, where: x .< 0)
      + quotient.replacing(with: power, where: u .== 1)
  }

  /// One step of Horner's rule: p·x + c.
  @inline(__always)
  private static func step(_ p: Lanes, _ x: Lanes, _ c: Float) -> Lanes {
    Lanes(repeating: c).addingProduct(p, x)
  }
}
