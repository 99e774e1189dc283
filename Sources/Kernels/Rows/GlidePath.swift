/// Second moments and gains at the start, the middle and the end of a glide, as far as they can be
/// foretold from the start.
struct GlidePath {
  /// a(k) β₂^{k/2}: what changes of the gains where ε is small against √v is then only their curve.
  let gains: Parabola
  /// The second moments at the start, with all that the momentum will soon add, and at the end.
  let start: RowLanes
  let last: RowLanes
  private let strength: Float
  private let inverseBeta2: Float
  private let power: Float
  private let laterPower: Float
  private let steps: Int
  private let middle: Int

  @inline(__always)
  init(_ rule: AdamSteps, _ reach: AdamReach, _ second: RowLanes, from: Int, steps: Int) {
    let constants = rule.glide
    self.steps = steps
    middle = steps / 2
    inverseBeta2 = constants.inverseBeta2
    power = rule.length(steps).power2
    laterPower = rule.length(steps &- middle).power2
    let half = rule.length(middle).power2
    strength = rule.share2 * rule.coupledDecay * rule.coupledDecay
    // The momentum moves the weight for a few steps only: what that adds to v counts as there.
    let blend = (reach.slow * (2 * constants.blendLimit)).addingProduct(
      reach.tail, RowLanes(repeating: constants.blendSquaredLimit))
    start = second.addingProduct(reach.tail * strength, blend)
    let square = reach.slow * reach.slow * strength
    let gain0 = rule.gain(start, from)
    let rate0 = constants.decay(rule, gain0)
    let guess = Fading(rate0, middle, constants)
    let rate1 = constants.decay(
      rule, rule.gain(start.addingProduct(square, guess.sum) * half, from &+ middle))
    let first = Fading((rate0 + rate1) * 0.5, middle, constants)
    let second1 = start.addingProduct(square, first.sum) * half
    let gain1 = rule.gain(second1, from &+ middle)
    let rest = Fading(
      rate1.addingProduct(rate1 - rate0, RowLanes(repeating: 0.5)), steps &- middle, constants)
    last = second1.addingProduct(square * first.left * half, rest.sum) * laterPower
    gains = Parabola(
      gain0, gain1 * (1 / rule.length(middle).growth),
      rule.gain(last, from &+ steps) * (1 / rule.length(steps).growth), middle: middle,
      end: steps)
  }

  /// The second moments at the end, given the slow parts at the three places.
  @inline(__always)
  func corrected(_ modes: GlideModes, _ slow0: RowLanes, _ slow1: RowLanes, _ slow2: RowLanes)
    -> RowLanes
  {
    let weight0 = slow0.addingProduct(slow0 * modes.sum0, modes.share0)
    let weight1 = slow1.addingProduct(slow1 * modes.sum1, modes.share1)
    let weight2 = slow2.addingProduct(slow2 * modes.sum2, modes.share2)
    // Step k adds w² β₂ⁿ⁻¹⁻ᵏ, with w as before the step.
    let fed = Parabola(
      weight0 * weight0 * power, weight1 * weight1 * laterPower, weight2 * weight2,
      middle: middle, end: steps)
    return (start * power).addingProduct(
      fed.sum(steps), RowLanes(repeating: strength * inverseBeta2))
  }
}

/// Σ β₂⁻¹⁻ᵏ e^{−2rate·k} over some steps, and what is left of e^{−2rate·k} β₂⁻ᵏ after them.
struct Fading {
  let sum: RowLanes
  let left: RowLanes

  @inline(__always)
  init(_ rate: RowLanes, _ steps: Int, _ constants: AdamGlide) {
    let n = Float(steps)
    let exponent = rate + rate + constants.logBeta2
    // e⁻ˣ as the square of Padé's quotient for e^{−x/2}.
    let y = exponent * (n / 2)
    let even = RowLanes(repeating: 1).addingProduct(y * y, RowLanes(repeating: 1.0 / 12))
    let upper = even.addingProduct(y, RowLanes(repeating: -0.5))
    let lower = even.addingProduct(y, RowLanes(repeating: 0.5))
    let inverse = 1 / (lower * lower)
    left = upper * upper * inverse
    // The sum as an integral, moved by half a step.
    let halfStep = RowLanes(repeating: 1).addingProduct(exponent, RowLanes(repeating: 0.5))
    sum = even * inverse * halfStep * (n * constants.inverseBeta2)
  }
}
