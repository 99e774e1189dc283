import Glibc

/// Adam, as numbers that depend on the rule and on the step, tabulated once.
///
/// Source: Kingma and Ba, "Adam", ICLR 2015, with L2 decay added to the gradient (coupled) or
/// taken from the weight (decoupled; Loshchilov and Hutter, ICLR 2019). Step t, counted from 1:
///
///     g ← g + λ·w,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
///     w ← (1 − η)·w − rate(t) · m / (√v · scale(t) + ε)
///     rate(t) = learning rate / (1 − β₁ᵗ),  scale(t) = 1 / √(1 − β₂ᵗ)
public final class AdamRule: Sendable {
  /// All numbers, in a form that the loops copy freely.
  let steps: AdamSteps
  /// Where weights end that no gradient ever touched.
  let untouched: UntouchedRows
  // What the pointers of `steps` point into.
  private let rates: Floats
  private let scales: Floats
  private let lengths: View<AdamGlide.Length>
  private let hops: View<HopSums>

  /// Tabulates the factors of a rule; all arguments must have been checked by the caller. The
  /// table of rows that were never touched begins at step 0, so that only a run's first rule has
  /// a use for it.
  public init(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double,
    decoupledDecay: Double, isFirst: Bool = true
  ) {
    // Beyond this step both corrections are 1 in single precision.
    let slowest = max(beta1, beta2, 0.5)
    let count = min(Int((log(1e-9) / log(slowest)).rounded(.up)) + 1, 1 << 20)
    rates = View(
      (0..<count).map { Float(learningRate / (1 - pow(beta1, Double(max($0, 1))))) })
    scales = View(
      (0..<count).map { Float(1 / (1 - pow(beta2, Double(max($0, 1)))).squareRoot()) })
    let glide = AdamGlide(
      beta1: beta1, beta2: beta2, shrinkage: learningRate * decoupledDecay,
      fastestDecay: learningRate * coupledDecay / epsilon)
    lengths = View(glide.tabulate(beta1, beta2))
    hops = View(HopSums.tabulate(beta1: beta1, longest: glide.longestHop))
    steps = unsafe AdamSteps(
      share1: Float(1 - beta1), share2: Float(1 - beta2), epsilon: Float(epsilon),
      coupledDecay: Float(coupledDecay), shrinkage: Float(learningRate * decoupledDecay),
      glide: glide, count: count, rates: rates.pointer, scales: scales.pointer,
      lengths: lengths.pointer, hops: hops.pointer)
    untouched = UntouchedRows(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      coupledDecay: glide.isPossible && isFirst ? coupledDecay : 0)
  }
}

/// The numbers of an `AdamRule`, which must outlive it.
///
/// Plain memory: counting references to tables in the innermost loops cost a fifth of the time.
@safe
struct AdamSteps: @unchecked Sendable {
  /// 1 − β₁ and 1 − β₂, rounded once: the difference of rounded numbers would be 1e-5 off.
  let share1: Float
  let share2: Float
  let epsilon: Float
  /// λ: the coupled decay.
  let coupledDecay: Float
  /// η: what the decoupled decay takes from a weight in each step.
  let shrinkage: Float
  /// How the rule moves weights that get no gradient for long.
  let glide: AdamGlide
  fileprivate let count: Int
  fileprivate let rates: UnsafePointer<Float>
  fileprivate let scales: UnsafePointer<Float>
  fileprivate let lengths: UnsafePointer<AdamGlide.Length>
  fileprivate let hops: UnsafePointer<HopSums>

  /// Learning rate over the bias correction of the first moment at step `step`.
  @inline(__always)
  func rate(_ step: Int) -> Float { unsafe rates[min(step, count &- 1)] }

  /// One over the root of the bias correction of the second moment at step `step`.
  @inline(__always)
  func scale(_ step: Int) -> Float { unsafe scales[min(step, count &- 1)] }

  /// The numbers that depend on how many steps are taken at once.
  @inline(__always)
  func length(_ steps: Int) -> AdamGlide.Length {
    precondition(steps >= 0 && steps <= glide.longest, "more steps at once than are tabulated")
    return unsafe lengths[steps]
  }

  /// The error of a weight that a hop may make: also small for the momentum, which is λ of it.
  @inline(__always)
  var hopError: Float { min(1e-7, 2e-13 / coupledDecay) }

  /// The sums of a hop over so many steps.
  @inline(__always)
  func hop(_ steps: Int) -> HopSums {
    precondition(steps >= 0 && steps <= glide.longestHop, "a longer hop than is tabulated")
    return unsafe hops[steps]
  }

  /// What step `step` multiplies the first moment by, for these second moments.
  @inline(__always)
  func gain(_ second: RowLanes, _ step: Int) -> RowLanes {
    let root = RowLanes(repeating: epsilon).addingProduct(
      second.roots, RowLanes(repeating: scale(step)))
    return RowLanes(repeating: rate(step)) / root
  }
}

/// The weights of a row with their moments.
struct AdamLanes {
  var weight: RowLanes
  var first: RowLanes
  var second: RowLanes

  /// One step of the rule with the loss's gradient.
  @inline(__always)
  mutating func step(
    _ rule: AdamSteps, gradient: RowLanes, rate: Float, scale: Float, shrinkage: Float
  ) {
    // What is nothing against ε must not become subnormal: such numbers cost a hundred cycles.
    let total = gradient.addingProduct(weight, RowLanes(repeating: rule.coupledDecay))
      .without(below: rule.epsilon * 1e-10)
    first = first.without(below: rule.epsilon * 1e-12)
    // As corrections of the old value: rounding 0.999 would cost 1e-8 of it in every step.
    first.addProduct(total - first, RowLanes(repeating: rule.share1))
    second.addProduct((-second).addingProduct(total, total), RowLanes(repeating: rule.share2))
    let root = RowLanes(repeating: rule.epsilon)
      .addingProduct(second.roots, RowLanes(repeating: scale))
    let change = (first / root * RowLanes(repeating: -rate))
      .addingProduct(weight, RowLanes(repeating: -shrinkage))
    weight += change
  }
}

extension AdamRule {
  /// One step with a gradient, for `count` weights whose parts lie at the three addresses, at
  /// `rateFactor` of the learning rate.
  @inline(__always)
  func apply(
    weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, count: Int, step: Int,
    rateFactor: Float = 1
  ) {
    let rule = steps
    let (rate, shrinkage) = (rule.rate(step) * rateFactor, rule.shrinkage * rateFactor)
    let scale = rule.scale(step)
    var offset = 0
    while offset < count {
      let part = min(RowLanes.scalarCount, count &- offset)
      var lanes = unsafe AdamLanes(
        weight: .load(weights + offset, part), first: .load(first + offset, part),
        second: .load(second + offset, part))
      unsafe lanes.step(
        rule, gradient: .load(gradient + offset, part), rate: rate, scale: scale,
        shrinkage: shrinkage)
      unsafe lanes.weight.store(weights + offset, part)
      unsafe lanes.first.store(first + offset, part)
      unsafe lanes.second.store(second + offset, part)
      offset &+= RowLanes.scalarCount
    }
  }

  /// The steps `from + 1 ... to` without any gradient of the loss.
  @inline(__always)
  func advance(_ row: UnsafeMutablePointer<Float>, width: Int, from: Int, to: Int) {
    let rule = steps
    var offset = 0
    while offset < width {
      let part = min(RowLanes.scalarCount, width &- offset)
      let place = unsafe row + offset
      // Lanes beyond the row have nothing to move, and no second moment to be divided by.
      var lanes = unsafe AdamLanes(
        weight: .load(place, part), first: .load(place + width, part),
        second: .load(place + 2 &* width, part, filler: 1))
      if from > 0 || !untouched.skip(&lanes, steps, to) { lanes.advance(rule, from: from, to: to) }
      unsafe lanes.weight.store(place, part)
      unsafe lanes.first.store(place + width, part)
      unsafe lanes.second.store(place + 2 &* width, part)
      offset &+= RowLanes.scalarCount
    }
  }
}
