import Glibc

/// Where weights end that no gradient has ever touched, as a function of their start value alone.
///
/// Their own decay moves them to 0 within |w₀| / learning rate + some hundred steps; then only the
/// second moment is left, which fades by β₂ a step.
struct UntouchedRows: Sendable {
  /// After how many steps the weight is gone, and v / (β₂ⁿ w₀²) from then on.
  private struct End {
    var steps: Int
    var second: Double
  }

  /// By √|w₀| · `scale`.
  private let ends: [End]
  private let logBeta2: Double
  private static var scale: Double { 160 }
  private static var largest: Double { 6 }

  /// Replays one weight for each of some hundred start values.
  init(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double
  ) {
    logBeta2 = log(beta2)
    guard coupledDecay > 0 else {
      ends = []
      return
    }
    let count = Int((Self.largest.squareRoot() * Self.scale).rounded(.up)) + 2
    ends = (0..<count).map { index in
      let root = (Double(max(index, 1)) - (index == 0 ? 0.999 : 0)) / Self.scale
      let start = root * root
      var (weight, first, second) = (start, 0.0, 0.0)
      var (power1, power2) = (1.0, 1.0)
      var steps = 0
      // What a momentum m can still do is learning rate · m / ε at most.
      while abs(weight) + learningRate * abs(first) / (epsilon * (1 - beta1)) > 1e-8 {
        let gradient = coupledDecay * weight
        power1 *= beta1
        power2 *= beta2
        first += (1 - beta1) * (gradient - first)
        second += (1 - beta2) * (gradient * gradient - second)
        weight -=
          learningRate * first / (1 - power1) / ((second / (1 - power2)).squareRoot() + epsilon)
        steps += 1
        if steps > 50_000 { return End(steps: .max, second: 0) }
      }
      return End(steps: steps, second: second / power2 / (start * start))
    }
  }

  /// Brings lanes from step 0 to step `step` if no gradient has touched them and all are gone by
  /// then; returns whether it did.
  @inline(__always)
  func skip(_ lanes: inout AdamLanes, _ rule: AdamSteps, _ step: Int) -> Bool {
    guard step > 3, (lanes.first .== 0).isEverywhere else { return false }
    if (lanes.weight .== 0).isEverywhere {
      lanes.second *= Float(exp(logBeta2 * Double(step)))
      return true
    }
    if ends.isEmpty || step < ends[0].steps { return false }
    return skipMoving(&lanes, step)
  }

  private func skipMoving(_ lanes: inout AdamLanes, _ step: Int) -> Bool {
    var result = lanes
    for lane in 0..<RowLanes.scalarCount where lanes.weight[lane] != 0 {
      guard lanes.second[lane] == 0, let second = end(of: lanes.weight[lane], after: step) else {
        return false
      }
      (result.weight[lane], result.second[lane]) = (0, second)
    }
    lanes = result
    return true
  }

  /// The second moment of a weight that was `start` at step 0, once it is gone; nil before.
  func end(of start: Float, after steps: Int) -> Float? {
    let size = abs(Double(start))
    if size == 0 { return 0 }
    guard size <= Self.largest, !ends.isEmpty else { return nil }
    let place = size.squareRoot() * Self.scale
    let index = Int(place)
    let (low, high) = (ends[index], ends[index + 1])
    guard steps >= max(low.steps, high.steps) else { return nil }
    let second = low.second + (high.second - low.second) * (place - Double(index))
    return Float(second * size * size * exp(logBeta2 * Double(steps)))
  }
}
