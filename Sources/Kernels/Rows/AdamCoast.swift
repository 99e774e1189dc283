extension AdamLanes {
  /// Any number of steps without a gradient where no decay enters the gradient (λ = 0): momentum
  /// dies away, and decoupled decay scales the weight.
  ///
  /// With q = β₁/(1−η): wₙ = (1−η)ⁿ (w₀ − m₀ Σ_{k=1}^{n} a(k) qᵏ), the sum as the whole series from
  /// the start less what of it lies beyond n.
  mutating func coast(_ rule: AdamSteps, from: Int, to: Int) {
    let constants = rule.glide
    var now = from
    while now < to {
      // Beyond a quarter of the second moment's memory the momentum is gone, so the rest is one.
      let piece = min(to &- now, now / 16, constants.memory / 16)
      let rest = to &- now
      let steps = piece >= constants.memory / 16 && rest > constants.memory / 4 ? rest : piece
      if piece < 3 || !coast(rule, from: now, steps: steps, nodes: piece) {
        step(
          rule, gradient: RowLanes(repeating: 0), rate: rule.rate(now + 1),
          scale: rule.scale(now + 1), shrinkage: rule.shrinkage)
        now &+= 1
      } else {
        now &+= steps
      }
    }
  }

  /// One coast, with the gains' parabola laid through the first `nodes` steps.
  @inline(__always)
  private mutating func coast(_ rule: AdamSteps, from: Int, steps: Int, nodes: Int) -> Bool {
    let constants = rule.glide
    let middle = nodes / 2
    let n = Float(steps)
    let gains = Parabola(
      rule.gain(second, from),
      rule.gain(second * rule.length(middle).power2, from &+ middle),
      rule.gain(second * rule.length(nodes).power2, from &+ nodes), middle: middle,
      end: nodes)
    let sums = constants.coastSeries.sums(gains)
    let scaled = VectorMath.exp(
      Octet(constants.logBeta1, constants.logBeta2, 0, 0, 0, 0, 0, 0) * n)
    let lost = VectorMath.expm1(Octet(repeating: constants.logKept * n))[0]
    // Far beyond the nodes nothing is left of the momentum, whatever the parabola says there.
    let beyond = steps == nodes ? sums.at(RowLanes(repeating: n)) : RowLanes(repeating: 0)
    let target = weight.addingProduct(-sums.constant, first)
    first *= scaled[0]
    second *= scaled[1]
    weight = target.addingProduct(target, RowLanes(repeating: lost)).addingProduct(beyond, first)
    return true
  }
}
