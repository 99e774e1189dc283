/// Where eight weights stand between gradients: how far momentum and decay will carry them, and
/// what the decay's own gradient will add to the second moments.
struct AdamReach {
  /// The gain of a step that came now.
  let gain: RowLanes
  /// s = λS: nine times the decay of a step, for β₁ = 0.9.
  let s: RowLanes
  /// The part of the weights that only decays.
  let slow: RowLanes
  /// What is left of the momentum's movement.
  let tail: RowLanes
  /// −ln μ: how fast the slow part shrinks.
  let decay: RowLanes
  private let second: RowLanes

  @inline(__always)
  init(_ lanes: AdamLanes, _ rule: AdamSteps, _ now: Int) {
    let glide = rule.glide
    gain = rule.gain(lanes.second, now)
    let sum = gain * glide.series.moment0
    s = sum * rule.coupledDecay
    let limited = s.atMost(glide.largest)
    let invariant = lanes.weight.addingProduct(-sum, lanes.first)
    slow = invariant.addingProduct(invariant * limited, AdamGlide.value(glide.share, limited))
    tail = lanes.weight - slow
    decay = limited * AdamGlide.value(glide.decay, limited)
    second = lanes.second
  }

  /// The movement that is still to come.
  @inline(__always)
  var movement: RowLanes { slow.magnitude + tail.magnitude }

  /// Whether the modes are apart, with room for gains that grow on the way, and the momentum has so
  /// little left to move that the fast mode need not be followed closely.
  @inline(__always)
  func allowsGlide(_ rule: AdamSteps, except gone: RowMask) -> Bool {
    let apart = s .<= rule.glide.largest * 0.9
    let calm = tail.magnitude * s * s .<= 1e-5
    return ((apart .& calm) .| gone).isEverywhere
  }

  /// How many steps, at most `most`, a glide may take: fewer while the momentum still moves much,
  /// and where the decay's gradient would noticeably feed the second moment.
  @inline(__always)
  func glideLength(_ rule: AdamSteps, _ most: Int) -> Int {
    let memory = rule.glide.memory
    let size = tail.magnitude
    var longest = rule.glide.longest
    if (size .> 5e-3).isAnywhere { longest = memory / 4 }
    var steps = most * 4 <= longest * 5 ? most : min(most, longest)
    // Of what is too small to count, powers would be subnormal and cost a hundred cycles a time.
    let moving = slow.magnitude.without(below: 1e-8)
    let growth = moving * moving * (rule.share2 * rule.coupledDecay * rule.coupledDecay) / second
    while steps >= 32 {
      let n = Float(steps)
      let fading = decay * n
      let change = moving * fading
      let growing = (growth * n).without(below: 1e-9)
      let square = (growing * growing).without(below: 1e-6)
      // 1/√v on its way from v to v + r·v is off its parabola by 0.0023 r⁴ of the movement.
      let isFed = change * fading * growing .> 4e-5
      if !(isFed .| (change * (square * square) .> 5e-5)).isAnywhere { break }
      steps /= 2
    }
    return min(steps, rule.glide.longest)
  }

  /// The second moments `steps` steps on (few, at most 0.05 of their memory).
  @inline(__always)
  func second(_ rule: AdamSteps, after steps: Int) -> RowLanes {
    let length = rule.length(steps)
    let n = Float(steps)
    let x = (decay + decay + rule.glide.logBeta2) * n
    // (1 − e⁻ˣ) / x: the sum of a geometric series as an integral.
    let third = RowLanes(repeating: 1.0 / 6).addingProduct(x, RowLanes(repeating: -1.0 / 24))
    let half = RowLanes(repeating: -0.5).addingProduct(x, third)
    let shape = RowLanes(repeating: 1).addingProduct(x, half)
    let centre = RowLanes(repeating: 1).addingProduct(x, RowLanes(repeating: 0.5 / n))
    var fed = slow * slow * shape * centre * (length.power2 * n)
    fed.addProduct(slow * tail, RowLanes(repeating: 2 * length.blend))
    fed.addProduct(tail * tail, RowLanes(repeating: length.blendSquared))
    let strength = rule.share2 * rule.coupledDecay * rule.coupledDecay
    return (second * length.power2).addingProduct(fed, RowLanes(repeating: strength))
  }
}
