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
  /// Where weights end that no gradient ever touched.
  let untouched: UntouchedRows
  private let rates: [Float]
  private let scales: [Float]

  /// Tabulates the factors of a rule; all arguments must have been checked by the caller.
  public init(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double,
    decoupledDecay: Double
  ) {
    share1 = Float(1 - beta1)
    share2 = Float(1 - beta2)
    self.epsilon = Float(epsilon)
    self.coupledDecay = Float(coupledDecay)
    shrinkage = Float(learningRate * decoupledDecay)
    glide = AdamGlide(
      beta1: beta1, beta2: beta2, coupledDecay: coupledDecay,
      shrinkage: learningRate * decoupledDecay, fastestDecay: learningRate * coupledDecay / epsilon)
    untouched = UntouchedRows(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      coupledDecay: glide.isPossible ? coupledDecay : 0)
    // Beyond this step both corrections are 1 in single precision.
    let slowest = max(beta1, beta2, 0.5)
    let length = min(Int((log(1e-9) / log(slowest)).rounded(.up)) + 1, 1 << 20)
    rates = (0..<length).map { Float(learningRate / (1 - pow(beta1, Double(max($0, 1))))) }
    scales = (0..<length).map { Float(1 / (1 - pow(beta2, Double(max($0, 1)))).squareRoot()) }
  }

  /// Learning rate over the bias correction of the first moment at step `step`.
  @inline(__always)
  func rate(_ step: Int) -> Float { rates[min(step, rates.count &- 1)] }

  /// One over the root of the bias correction of the second moment at step `step`.
  @inline(__always)
  func scale(_ step: Int) -> Float { scales[min(step, scales.count &- 1)] }

  /// What step `step` multiplies the first moment by, for these second moments.
  @inline(__always)
  func gain(_ second: RowLanes, _ step: Int) -> RowLanes {
    let root = RowLanes(repeating: epsilon).addingProduct(
      second.roots, RowLanes(repeating: scale(step)))
    return RowLanes(repeating: rate(step)) / root
  }
}

/// Eight weights with their moments.
struct AdamLanes {
  var weight: RowLanes
  var first: RowLanes
  var second: RowLanes

  /// One step of the rule with the loss's gradient.
  @inline(__always)
  mutating func step(_ rule: AdamRule, gradient: RowLanes, rate: Float, scale: Float) {
    let total = gradient.addingProduct(weight, RowLanes(repeating: rule.coupledDecay))
    // As corrections of the old value: rounding 0.999 would cost 1e-8 of it in every step.
    first.addProduct(total - first, RowLanes(repeating: rule.share1))
    second.addProduct((-second).addingProduct(total, total), RowLanes(repeating: rule.share2))
    let root = RowLanes(repeating: rule.epsilon)
      .addingProduct(second.roots, RowLanes(repeating: scale))
    let change = (first / root * RowLanes(repeating: -rate))
      .addingProduct(weight, RowLanes(repeating: -rule.shrinkage))
    weight += change
  }
}

extension AdamRule {
  /// One step with a gradient, for `count` weights whose parts lie at the three addresses.
  @inline(__always)
  func apply(
    weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, count: Int, step: Int
  ) {
    let rate = rate(step)
    let scale = scale(step)
    var offset = 0
    while offset < count {
      let part = min(RowLanes.scalarCount, count &- offset)
      var lanes = unsafe AdamLanes(
        weight: .load(weights + offset, part), first: .load(first + offset, part),
        second: .load(second + offset, part))
      unsafe lanes.step(
        self, gradient: .load(gradient + offset, part), rate: rate, scale: scale)
      unsafe lanes.weight.store(weights + offset, part)
      unsafe lanes.first.store(first + offset, part)
      unsafe lanes.second.store(second + offset, part)
      offset &+= RowLanes.scalarCount
    }
  }

  /// The steps `from + 1 ... to` without any gradient of the loss.
  @inline(__always)
  func advance(_ row: UnsafeMutablePointer<Float>, width: Int, from: Int, to: Int) {
    var offset = 0
    while offset < width {
      let part = min(RowLanes.scalarCount, width &- offset)
      let place = unsafe row + offset
      // Lanes beyond the row have nothing to move, and no second moment to be divided by.
      var lanes = unsafe AdamLanes(
        weight: .load(place, part), first: .load(place + width, part),
        second: .load(place + 2 &* width, part, filler: 1))
      lanes.advance(self, from: from, to: to)
      unsafe lanes.weight.store(place, part)
      unsafe lanes.first.store(place + width, part)
      unsafe lanes.second.store(place + 2 &* width, part)
      offset &+= RowLanes.scalarCount
    }
  }
}
