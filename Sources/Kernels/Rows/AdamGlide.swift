import Glibc

/// What is needed to move weights by many steps of Adam at once when no gradient comes.
///
/// Derived in docs/catching-up.md.
///
/// Between gradients a weight w and its first moment m obey, with the gain a(k) of step k,
///
///     m' = β₁m + (1−β₁)λw,   w' = w − a·m',   v' = β₂v + (1−β₂)λ²w².
///
/// Let S(k) = Σ_{j≥1} β₁ʲ a(k+j): what the momentum at k would still move if λ were 0. Then
/// z = w − S·m obeys z' = z − ρ·w with ρ = λ(1−β₁)/β₁ · S, for any gains whatever, and (z, m)
/// splits into a slow mode z with m = λu·z, shrinking by μ a step, and a fast one y = m − λu·z,
/// shrinking by β₁/μ. With s = λS, u solves (s²/β₁)u² − (1 − s − s/β₁)u + 1 = 0, and
/// μ = 1 − (1−β₁)/β₁ · s(1 + su). The gains change over thousands of steps, so that three of
/// them (first, middle, last step) give all by a parabola, and sums over steps are closed formulas.
struct AdamGlide: Sendable {
  /// A polynomial of degree 7.
  typealias Polynomial = InlineArray<8, Float>

  /// The numbers that depend on how many steps are taken.
  struct Length {
    /// β₁ⁿ and β₂ⁿ.
    var power1: Float = 1
    var power2: Float = 1
    /// Mean and variance of k under the weights β₁ᵏ, k < n.
    var mean: Float = 0
    var variance: Float = 0
    /// Σ_{k<n} β₂^{n−1−k} β₁ᵏ and the same with β₁²ᵏ.
    var blend: Float = 0
    var blendSquared: Float = 0
    /// β₂^{−n/2}.
    var growth: Float = 1
  }

  /// The largest s for which the modes are told apart: half of where they meet.
  let largest: Float
  /// Whether time scales are far enough apart, and decay is slow enough, for gliding.
  let isPossible: Bool
  /// 1 / (1 − β₂): the time scale of the second moment, in steps.
  let memory: Int
  /// u(s), −ln μ(s) / s and μ²/(μ²−β₁) as functions of s.
  let share: Polynomial
  let decay: Polynomial
  let lag: Polynomial
  /// The series of β₁/√β₂, for gains that grow by 1/√β₂ a step but for a parabola.
  let series: Series
  /// The series of β₁/(1−η), for gains on a parabola.
  let coastSeries: Series
  /// −½ ln β₂.
  let growth: Float
  /// (1−β₁)/β₁.
  let ratio: Float
  let logBeta1: Float
  let logBeta2: Float
  /// ln(1 − η).
  let logKept: Float
  /// 1/(β₂−β₁) and 1/(β₂−β₁²): `blend` and `blendSquared` of many steps, as multiples of β₂ⁿ.
  let blendLimit: Float
  let blendSquaredLimit: Float
  /// 1/β₂.
  let inverseBeta2: Float
  /// The most steps at once.
  let longest: Int
  /// The most steps of a hop.
  var longestHop: Int { memory / 8 }

  init(
    beta1: Double, beta2: Double, shrinkage: Double, fastestDecay: Double
  ) {
    // A weight that decays by more than itself in a step never comes to rest.
    let isPossible =
      beta1 >= 0.5 && beta1 <= 0.95 && beta2 >= 0.99 && beta2 < 1 && shrinkage < 0.1
      && fastestDecay <= 1
    self.isPossible = isPossible
    memory = isPossible ? Int((1 / (1 - beta2)).rounded()) : 0
    logBeta1 = Float(log(max(beta1, 1e-30)))
    logBeta2 = Float(log(max(beta2, 1e-30)))
    logKept = Float(log1p(-min(shrinkage, 0.5)))
    series = Series(min(beta1 / max(beta2, 0.5).squareRoot(), 0.98))
    coastSeries = Series(min(beta1 / (1 - min(shrinkage, 0.1)), 0.98))
    growth = Float(-log(max(beta2, 0.5)) / 2)
    ratio = Float((1 - beta1) / max(beta1, 0.5))
    blendLimit = Float(1 / max(beta2 - beta1, 1e-3))
    blendSquaredLimit = Float(1 / max(beta2 - beta1 * beta1, 1e-3))
    inverseBeta2 = Float(1 / max(beta2, 0.5))
    let modes = AdamModes(beta1: isPossible ? beta1 : 0.9)
    largest = Float(modes.meeting / 2)
    share = fit(to: modes.meeting / 2, modes.share)
    decay = fit(to: modes.meeting / 2) { -log(modes.slow($0)) / $0 }
    lag = fit(to: modes.meeting / 2, modes.lag)
    longest = memory * 5 / 8
  }

  /// What depends on the number of steps, for 0 ... longest.
  func tabulate(_ beta1: Double, _ beta2: Double) -> [Length] {
    var weight = 0.0
    var first = 0.0
    var second = 0.0
    var blend = 0.0
    var blendSquared = 0.0
    return (0...longest).map { steps in
      let mean = weight > 0 ? first / weight : 0
      let length = Length(
        power1: Float(pow(beta1, Double(steps))), power2: Float(pow(beta2, Double(steps))),
        mean: Float(mean), variance: Float(weight > 0 ? second / weight - mean * mean : 0),
        blend: Float(blend), blendSquared: Float(blendSquared),
        growth: Float(pow(beta2, -Double(steps) / 2)))
      let next = pow(beta1, Double(steps))
      weight += next
      first += Double(steps) * next
      second += Double(steps * steps) * next
      blend = beta2 * blend + next
      blendSquared = beta2 * blendSquared + next * next
      return length
    }
  }

  /// −ln μ for weights with this gain.
  @inline(__always)
  func decay(_ rule: AdamSteps, _ gain: RowLanes) -> RowLanes {
    let s = (gain * (series.moment0 * rule.coupledDecay)).atMost(largest)
    return s * Self.value(decay, s)
  }

  /// βⁿ from ln β.
  func power(_ logBeta: Float, _ steps: Int) -> Float {
    VectorMath.exp(Octet(repeating: logBeta * Float(steps)))[0]
  }

  /// The value of a polynomial.
  @inline(__always)
  static func value(_ polynomial: Polynomial, _ x: RowLanes) -> RowLanes {
    var sum = RowLanes(repeating: polynomial[7])
    for power in stride(from: 6, through: 0, by: -1) {
      sum = RowLanes(repeating: polynomial[power]).addingProduct(sum, x)
    }
    return sum
  }
}

/// Σ qʲ, Σ jqʲ, Σ j²qʲ over j ≥ 1.
struct Series: Sendable {
  let moment0: Float
  let moment1: Float
  let moment2: Float

  init(_ q: Double) {
    moment0 = Float(q / (1 - q))
    moment1 = Float(q / (1 - q) / (1 - q))
    moment2 = Float(q * (1 + q) / ((1 - q) * (1 - q) * (1 - q)))
  }

  /// Σ qʲ f(k+j) for an f on a parabola: another parabola.
  @inline(__always)
  func sums(_ f: Parabola) -> Parabola {
    Parabola(
      constant: (f.constant * moment0).addingProduct(f.slope, RowLanes(repeating: moment1))
        .addingProduct(f.curvature, RowLanes(repeating: moment2)),
      slope: (f.slope * moment0).addingProduct(f.curvature, RowLanes(repeating: 2 * moment1)),
      curvature: f.curvature * moment0)
  }
}

/// The slow and the fast mode of weight and momentum under a constant gain, in double precision.
struct AdamModes {
  let beta1: Double

  /// The s at which the two modes become one, and oscillate beyond.
  var meeting: Double { 1 / (1 + 1 / beta1 + 2 / beta1.squareRoot()) }

  /// u: the slow mode's momentum is λu times its weight.
  func share(_ s: Double) -> Double {
    let b = 1 - s - s / beta1
    return 2 / (b + (b * b - 4 * s * s / beta1).squareRoot())
  }

  /// μ: what a step leaves of the slow mode.
  func slow(_ s: Double) -> Double { 1 - (1 - beta1) / beta1 * s * (1 + s * share(s)) }

  /// How many steps the momentum lags behind a change of u.
  func lag(_ s: Double) -> Double {
    let square = slow(s) * slow(s)
    return square / (square - beta1)
  }
}

/// The polynomial of degree 7 through a function's values at the Chebyshev nodes of 0 ... end.
func fit(to end: Double, _ function: (Double) -> Double) -> AdamGlide.Polynomial {
  let nodes = (0..<8).map { end / 2 * (1 - cos(Double.pi * (Double($0) + 0.5) / 8)) }
  var differences = nodes.map(function)
  for order in 1..<8 {
    for index in stride(from: 7, through: order, by: -1) {
      differences[index] =
        (differences[index] - differences[index - 1]) / (nodes[index] - nodes[index - order])
    }
  }
  // From Newton's form to powers, innermost bracket first.
  var powers = [Double](repeating: 0, count: 8)
  for index in stride(from: 7, through: 0, by: -1) {
    for power in stride(from: 7, through: 1, by: -1) {
      powers[power] = powers[power - 1] - nodes[index] * powers[power]
    }
    powers[0] = differences[index] - nodes[index] * powers[0]
  }
  return AdamGlide.Polynomial { Float(powers[$0]) }
}
