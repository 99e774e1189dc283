/// Figures of several runs that differ in their seed alone.
public struct Sample: Sendable, Equatable {
  /// The figures.
  public let values: [Double]

  /// A sample of these figures.
  public init(_ values: [Double]) { self.values = values }

  /// Their mean; nil for none.
  public var mean: Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Their standard deviation, with n − 1 in the denominator; nil for fewer than two.
  public var deviation: Double? { variance?.squareRoot() }

  var variance: Double? {
    guard values.count > 1, let mean else { return nil }
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}

/// The difference of two means and how likely one as large is by chance.
public struct Difference: Sendable, Equatable, Codable {
  /// First mean minus second.
  public var mean: Double
  /// Student's t.
  public var t: Double
  /// Degrees of freedom.
  public var degrees: Double
  /// Two-sided, not corrected for how many comparisons are made.
  public var p: Double

  /// The paired test of runs that share their seeds; nil for fewer than two pairs.
  public static func paired(_ first: [Double], _ second: [Double]) -> Difference? {
    precondition(first.count == second.count, "a paired test needs pairs")
    let differences = Sample(zip(first, second).map { $0 - $1 })
    guard let mean = differences.mean, let variance = differences.variance else { return nil }
    let count = Double(differences.values.count)
    return Difference(mean, error: (variance / count).squareRoot(), degrees: count - 1)
  }

  /// Welch's test of two samples of unequal variance; nil where one has fewer than two figures.
  ///
  /// Source: Welch, Biometrika 1947, with Satterthwaite's degrees of freedom.
  public static func welch(_ first: [Double], _ second: [Double]) -> Difference? {
    let (one, two) = (Sample(first), Sample(second))
    guard let a = one.mean, let b = two.mean, let u = one.variance, let v = two.variance else {
      return nil
    }
    let (n, m) = (Double(first.count), Double(second.count))
    let sum = u / n + v / m
    let spread = u * u / (n * n * (n - 1)) + v * v / (m * m * (m - 1))
    return Difference(
      a - b, error: sum.squareRoot(), degrees: spread > 0 ? sum * sum / spread : n + m - 2)
  }

  /// Without any spread a difference is certain, or there is none.
  private init(_ mean: Double, error: Double, degrees: Double) {
    let t = error > 0 ? mean / error : mean == 0 ? 0 : mean > 0 ? .infinity : -.infinity
    self.init(
      mean: mean, t: t, degrees: degrees, p: StudentT.twoSided(t, degrees: degrees))
  }

  private init(mean: Double, t: Double, degrees: Double, p: Double) {
    (self.mean, self.t, self.degrees, self.p) = (mean, t, degrees, p)
  }
}
