/// Steps of Adam without a gradient: one by one, by hops, in short pieces, or gliding.
///
/// All ways mean the same rule; they differ in cost (per step about 40 cycles; some hundred cycles
/// for up to 125 steps; per step 10 cycles; some thousand for up to 600 steps) and in where they
/// are accurate. Errors stay below 1e-6 of absolute weight for a whole gap.
extension AdamLanes {
  /// A movement, in units of the weights, that nobody will miss: it is the error that is made once
  /// in a gap when a weight has all but vanished.
  private static var nothing: Float { 1e-7 }
  /// From so many steps on gliding is cheaper than a short piece.
  private static var shortGlide: Int { 32 }
  /// Up to this step the bias corrections change too fast for anything but single steps.
  private static var early: Int { 64 }

  /// The steps `from + 1 ... to` without a gradient.
  @inline(__always)
  mutating func advance(_ rule: AdamSteps, from: Int, to: Int) {
    if to &- from <= 3 || !rule.glide.isPossible {
      stepSingly(rule, from: from, to: to)
    } else {
      advanceFar(rule, from: from, to: to)
    }
  }

  @inline(never)
  private mutating func advanceFar(_ rule: AdamSteps, from: Int, to: Int) {
    var now = min(to, max(from, Self.early))
    stepSingly(rule, from: from, to: now)
    if rule.coupledDecay == 0 { return coast(rule, from: now, to: to) }
    while now < to {
      // A piece must be short against the age of the run, on which the bias corrections depend.
      let most = min(to &- now, now / 16)
      let far = min(to &- now, now / 8)
      let short = min(far, rule.glide.longestHop)
      if short > 3, to &- now <= 4 &* short, hop(rule, from: now, steps: short) {
        now &+= short
        continue
      }
      if far > Self.shortGlide {
        let taken = glideLiving(rule, from: now, left: to &- now, most: far)
        now &+= taken
        if taken > 0 { continue }
      }
      let piece = min(most, rule.glide.memory / 16)
      if piece > 3, stepTogether(rule, from: now, steps: piece) {
        now &+= piece
      } else if piece > 15, stepTogether(rule, from: now, steps: piece / 4) {
        now &+= piece / 4
      } else {
        let end = min(to, now &+ 8)
        stepSingly(rule, from: now, to: end)
        now = end
      }
    }
  }

  /// Glides with the weights that still move and lets the others fade; returns by how many steps,
  /// 0 if that is not possible now.
  @inline(__always)
  private mutating func glideLiving(_ rule: AdamSteps, from: Int, left: Int, most: Int) -> Int {
    let reach = AdamReach(self, rule, from)
    let gone = reach.movement .<= Self.nothing
    if gone.isEverywhere {
      fade(rule, reach, steps: left)
      return left
    }
    guard reach.allowsGlide(rule, except: gone) else { return 0 }
    let steps = reach.glideLength(rule, most)
    guard steps >= Self.shortGlide else { return 0 }
    if !gone.isAnywhere { return glide(rule, reach, from: from, steps: steps) ? steps : 0 }
    var living = self
    living.weight.replace(with: RowLanes(repeating: 0), where: gone)
    living.first.replace(with: RowLanes(repeating: 0), where: gone)
    living.second.replace(with: RowLanes(repeating: 1), where: gone)
    guard living.glide(rule, AdamReach(living, rule, from), from: from, steps: steps) else {
      return 0
    }
    fade(rule, reach, steps: steps)
    living.weight.replace(with: weight, where: gone)
    living.first.replace(with: first, where: gone)
    living.second.replace(with: second, where: gone)
    self = living
    return steps
  }

  @inline(__always)
  private mutating func stepSingly(_ rule: AdamSteps, from: Int, to: Int) {
    var now = from
    while now < to {
      now &+= 1
      step(
        rule, gradient: RowLanes(repeating: 0), rate: rule.rate(now), scale: rule.scale(now),
        shrinkage: rule.shrinkage)
    }
  }

  /// What is left when neither momentum nor decay will move a weight any more.
  private mutating func fade(_ rule: AdamSteps, _ reach: AdamReach, steps: Int) {
    let glide = rule.glide
    let kept = glide.power(glide.logBeta1, steps)
    let living = first.without(below: 1e-20)
    weight = reach.slow * RowLanes.exp(reach.decay * -Float(steps))
    first = weight * rule.coupledDecay
    if kept > 1e-16 { first += living * kept }
    second *= glide.power(glide.logBeta2, steps)
  }

  /// Steps whose gains come from a parabola through three of them; false, and nothing done, where
  /// the second moments move too much for that.
  @inline(__always)
  private mutating func stepTogether(_ rule: AdamSteps, from: Int, steps: Int) -> Bool {
    let start = AdamReach(self, rule, from)
    let middle = (steps &+ 1) / 2
    let last = start.second(rule, after: steps)
    let gains = Parabola(
      rule.gain(start.second(rule, after: 1), from &+ 1),
      rule.gain(start.second(rule, after: middle), from &+ middle),
      rule.gain(last, from &+ steps), middle: middle &- 1, end: steps &- 1)
    var moved = self
    var k: Float = 0
    let share = RowLanes(repeating: rule.share1 * rule.coupledDecay)
    let strength = RowLanes(repeating: rule.share2 * rule.coupledDecay * rule.coupledDecay)
    let kept1 = RowLanes(repeating: 1 - rule.share1)
    let kept2 = RowLanes(repeating: 1 - rule.share2)
    // The chain from weight to weight is two multiply-adds long; all else is off it.
    for _ in 0..<steps {
      let push = moved.weight * strength
      moved.first = (moved.first * kept1).addingProduct(moved.weight, share)
      moved.second = (moved.second * kept2).addingProduct(moved.weight, push)
      moved.weight.addProduct(gains.at(RowLanes(repeating: k)), -moved.first)
      k += 1
    }
    // Half the relative error of v is that of the gain, and so of the movement.
    let change = (moved.weight - weight).magnitude + start.tail.magnitude
    let error = (last - moved.second).magnitude
    if (error * change .> moved.second * 2e-7).isAnywhere { return false }
    // The sum of 1/√v over a parabola through three of its values is off by 0.0023 r⁴ of itself,
    // if v grows by r of itself on the way.
    let growth = (last - second) / second
    let square = growth * growth
    if (square * square * change .> RowLanes(repeating: 5e-5)).isAnywhere { return false }
    self = moved
    return true
  }
}
