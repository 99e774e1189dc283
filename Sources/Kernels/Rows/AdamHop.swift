/// The sums that carry weights over n steps in which decay changes little, for one n.
///
/// To third order in the decay of the gap (docs/catching-up.md, "Short gaps").
struct HopSums: Sendable {
  /// Σ βᵏ, Σ (k−1)βᵏ and Σ (k−1)²βᵏ over k = 1 ... n.
  var power: Float = 0
  var slope: Float = 0
  var curvature: Float = 0
  /// What a unit of the momentum's movement, and one of the decay's own, does on the way.
  var tail = Course()
  var slow = Course()

  /// What follows from a movement that ends at 1, in units of decay times gain or of its square.
  struct Course: Sendable {
    /// By how much the momentum at the end knows of it, to first and to second order.
    var moment: Float = 0
    var moment2: Float = 0
    /// What it takes from the later movement.
    var lost: Float = 0
    var lost2: Float = 0
    /// Σ of the movement until then, over all steps.
    var sum: Float = 0
  }

  /// The sums for 0 ... longest steps.
  static func tabulate(beta1: Double, longest: Int) -> [HopSums] {
    var sums: [HopSums] = [HopSums()]
    var (power, slope, curvature) = (0.0, 0.0, 0.0)
    var (tail, slow) = (Replay(), Replay())
    var beta = 1.0
    for step in 0..<longest {
      // `power` is Σ βᵏ over k = 1 ... step: how far one unit of momentum has moved by then.
      tail.advance(moved: power, beta1)
      slow.advance(moved: Double(step), beta1)
      beta *= beta1
      power += beta
      slope += Double(step) * beta
      curvature += Double(step * step) * beta
      sums.append(
        HopSums(
          power: Float(power), slope: Float(slope), curvature: Float(curvature),
          tail: tail.course(end: power), slow: slow.course(end: Double(step + 1))))
    }
    return sums
  }

  /// What follows from a movement, step by step.
  private struct Replay {
    var moment = 0.0
    var moment2 = 0.0
    var lost = 0.0
    var lost2 = 0.0
    var sum = 0.0

    /// One step, before which the weight has moved by `moved`.
    mutating func advance(moved: Double, _ beta1: Double) {
      moment2 = beta1 * moment2 + (1 - beta1) * lost
      lost2 += moment2
      moment = beta1 * moment + (1 - beta1) * moved
      lost += moment
      sum += moved
    }

    /// The same for a movement that ends at 1 instead of `end`.
    func course(end: Double) -> Course {
      let scale = 1 / max(end, 1e-30)
      return Course(
        moment: Float(moment * scale), moment2: Float(moment2 * scale), lost: Float(lost * scale),
        lost2: Float(lost2 * scale), sum: Float(sum * scale))
    }
  }
}

extension AdamLanes {
  /// Up to an eighth of the second moment's memory at once, where decay takes so little of the
  /// weights that its effect on itself is small; false, and nothing done, elsewhere.
  @inline(__always)
  mutating func hop(_ rule: AdamSteps, from: Int, steps: Int) -> Bool {
    let sums = rule.hop(steps)
    let middle = (steps &+ 1) / 2
    let count = Float(steps)
    let lambda = rule.coupledDecay
    // What is too small to count must not become subnormal, which costs a hundred cycles a time.
    let target = (weight * lambda).without(below: 1e-18)
    let fed = target * target
    let excess = second - fed
    let last = fed.addingProduct(excess, RowLanes(repeating: rule.length(steps).power2))
    let centre = fed.addingProduct(excess, RowLanes(repeating: rule.length(middle).power2))
    let early = fed.addingProduct(excess, RowLanes(repeating: rule.length(1).power2))
    let middleGain = rule.gain(centre, from &+ middle)
    let gains = Parabola(
      rule.gain(early, from &+ 1), middleGain, rule.gain(last, from &+ steps),
      middle: middle &- 1, end: steps &- 1)
    // What momentum does by itself, and what the decay of the first weight does.
    let fast = (first - target).without(below: 1e-20)
    let sum = (gains.constant * sums.power)
      .addingProduct(gains.slope, RowLanes(repeating: sums.slope))
      .addingProduct(gains.curvature, RowLanes(repeating: sums.curvature))
    let tail = fast * sum
    let slow = target * gains.sum(steps)
    let plain = tail + slow
    // What the movement takes from the decay, and what that takes back.
    let share = middleGain * lambda
    let lost = (tail * sums.tail.lost(share)).addingProduct(slow, sums.slow.lost(share))
    let moved = plain.addingProduct(-lost, share)
    // Weights that have moved feed the second moment less: Σ w² − w₀² over the steps.
    let strength = rule.share2 * lambda * lambda
    let path = (tail * sums.tail.sum)
      .addingProduct(slow, RowLanes(repeating: sums.slow.sum)).without(below: 1e-10)
    let twice = (weight + weight).addingProduct(path, RowLanes(repeating: -1.2 / count))
    let unfed = (path * twice).without(below: 1e-18)
    let end = last.addingProduct(
      unfed, RowLanes(repeating: -strength * rule.length(steps &- middle).power2))

    // Momentum and decay may cancel in the end, but not on the way.
    let size = tail.magnitude + slow.magnitude
    let decay = share * count
    let drift = RowLanes(repeating: 0.0015 + 6e-5 * count)
    let error = decay * drift.addingProduct(decay * decay, RowLanes(repeating: 0.1)) * size
    // Times 1e10: the third power of what just counts, and strength, make a very small number.
    let felt = size.without(below: 1e-8)
    let misfed = felt * felt * (weight.magnitude * 2 + size) * (strength * count * 1e10)
    let fails =
      (error .> rule.hopError) .| (misfed .> end * 4e3) .| (last .> second * 1.1)
    if fails.isAnywhere { return false }
    let momentLost = (tail * sums.tail.moment(share)).addingProduct(slow, sums.slow.moment(share))
    first = target.addingProduct(fast, RowLanes(repeating: rule.length(steps).power1))
      .addingProduct(momentLost, RowLanes(repeating: -lambda))
    second = end
    weight = weight - moved
    return true
  }
}

extension HopSums.Course {
  /// What is taken from the later movement, at this decay a step.
  @inline(__always)
  func lost(_ share: RowLanes) -> RowLanes {
    RowLanes(repeating: lost).addingProduct(share, RowLanes(repeating: -lost2))
  }

  /// By how much the momentum knows.
  @inline(__always)
  func moment(_ share: RowLanes) -> RowLanes {
    RowLanes(repeating: moment).addingProduct(share, RowLanes(repeating: -moment2))
  }
}
