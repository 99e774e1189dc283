/// Steps of Adam without a gradient: one by one, in short pieces, or gliding.
///
/// All ways mean the same rule; they differ in cost (per step about 40 cycles, 10 cycles, and a
/// few hundred for up to 600 steps) and in where they are accurate. Errors stay below 1e-6 of
/// absolute weight for a whole gap.
extension AdamLanes {
  /// A movement, in units of the weights, that nobody will miss.
  private static var nothing: Float { 2e-9 }
  /// The most steps of a short piece.
  private static var shortPiece: Int { 32 }
  /// Up to this step the bias corrections change too fast for anything but single steps.
  private static var early: Int { 64 }

  /// The steps `from + 1 ... to` without a gradient.
  @inline(__always)
  mutating func advance(_ rule: AdamRule, from: Int, to: Int) {
    var now = from
    if to &- now <= 3 || now < Self.early || !rule.glide.isPossible {
      let end = rule.glide.isPossible && to &- now > 3 ? min(to, Self.early) : to
      stepSingly(rule, from: now, to: end)
      now = end
    }
    if now < to { advanceFast(rule, from: now, to: to) }
  }

  @inline(__always)
  private mutating func stepSingly(_ rule: AdamRule, from: Int, to: Int) {
    var now = from
    while now < to {
      now &+= 1
      step(rule, gradient: Octet(repeating: 0), rate: rule.rate(now), scale: rule.scale(now))
    }
  }

  private mutating func advanceFast(_ rule: AdamRule, from: Int, to: Int) {
    if rule.coupledDecay == 0 { return coast(rule, from: from, to: to) }
    var now = from
    while now < to {
      let left = to &- now
      // A piece must be short against the age of the run, on which the bias corrections depend.
      let most = min(left, now / 16)
      if most > Self.shortPiece {
        let reach = AdamReach(self, rule, now)
        if !any(reach.movement .> Self.nothing) {
          return fade(rule, reach, steps: left)
        }
        if reach.allowsGlide(rule) {
          let steps = reach.glideLength(rule, most)
          if steps > Self.shortPiece, glide(rule, reach, from: now, steps: steps) {
            now &+= steps
            continue
          }
        }
      }
      let piece = min(most, Self.shortPiece)
      if piece > 3, stepTogether(rule, from: now, steps: piece) {
        now &+= piece
      } else {
        let end = min(to, now &+ 8)
        stepSingly(rule, from: now, to: end)
        now = end
      }
    }
  }

  /// What is left when neither momentum nor decay will move a weight any more.
  private mutating func fade(_ rule: AdamRule, _ reach: AdamReach, steps: Int) {
    let glide = rule.glide
    let kept = VectorMath.exp(Octet(repeating: glide.logBeta1 * Float(steps)))
    weight = reach.slow * VectorMath.exp(reach.decay * -Float(steps))
    first = first * kept + weight * rule.coupledDecay
    second *= VectorMath.exp(Octet(repeating: glide.logBeta2 * Float(steps)))
  }

  /// Steps whose gains come from a parabola through three of them; false, and nothing done, where
  /// the second moments move too much for that.
  @inline(__always)
  private mutating func stepTogether(_ rule: AdamRule, from: Int, steps: Int) -> Bool {
    let decay = Octet(repeating: rule.coupledDecay)
    let start = AdamReach(self, rule, from)
    let middle = (steps &+ 1) / 2
    let last = start.second(rule, after: steps)
    let gains = Parabola(
      rule.gain(start.second(rule, after: 1), from &+ 1),
      rule.gain(start.second(rule, after: middle), from &+ middle),
      rule.gain(last, from &+ steps), middle: middle &- 1, end: steps &- 1)
    var moved = self
    var k = Octet(repeating: 0)
    for _ in 0..<steps {
      let total = moved.weight * decay
      moved.first.addProduct(total - moved.first, Octet(repeating: rule.share1))
      moved.second.addProduct(
        (-moved.second).addingProduct(total, total), Octet(repeating: rule.share2))
      moved.weight.addProduct(-gains.at(k), moved.first)
      k += 1
    }
    // Half the relative error of v is that of the gain, and so of the movement.
    let change = (moved.weight - weight).magnitude + start.tail.magnitude
    if any((last - moved.second).magnitude * change .> moved.second * 2e-7) { return false }
    self = moved
    return true
  }
}
