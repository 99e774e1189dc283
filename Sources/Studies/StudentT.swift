import Foundation

/// Student's t distribution.
public enum StudentT {
  /// The probability that |T| is at least |t| with so many degrees of freedom (not always a whole
  /// number), if there is no difference; NaN for degrees that are not above 0.
  ///
  /// p = I_x(ν/2, ½) at x = ν / (ν + t²). Source: Abramowitz and Stegun, 26.7.1.
  public static func twoSided(_ t: Double, degrees: Double) -> Double {
    guard degrees > 0, !t.isNaN else { return .nan }
    guard t.isFinite else { return 0 }
    return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  }

  /// The regularised incomplete beta function I_x(a, b) for x in [0, 1] and a, b > 0.
  ///
  /// By its continued fraction (Abramowitz and Stegun, 26.5.8), evaluated from the front as Lentz
  /// has it; where the fraction converges slowly, by that of 1 − I_{1−x}(b, a).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let scale = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return x <= (a + 1) / (a + b + 2)
      ? scale / a * fraction(x, a, b) : 1 - scale / b * fraction(1 - x, b, a)
  }

  private static let mostTerms = 10_000

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    // Lentz's method keeps two ratios of neighbours; neither may become 0.
    func off(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / off(1 - (a + b) * x / (a + 1))
    var result = d
    for term in 1...mostTerms {
      let m = Double(term)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      var change = 1.0
      for coefficient in [even, odd] {
        d = 1 / off(1 + coefficient * d)
        c = off(1 + coefficient / c)
        change = c * d
        result *= change
      }
      if abs(change - 1) < 1e-15 { break }
    }
    return result
  }
}
