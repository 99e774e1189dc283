/// The slow and the fast mode of weight and momentum along a glide.
struct GlideModes {
  /// S(k) β₂^{k/2}.
  private let sums: Parabola
  private let growth: Float
  /// S at the start, in the middle and at the end.
  let sum0: RowLanes
  let sum1: RowLanes
  let sum2: RowLanes
  /// −ln μ(k).
  let decay: Parabola
  /// The slow mode's momentum as a multiple of its z, λu, at the three places.
  let share0: RowLanes
  let share1: RowLanes
  let share2: RowLanes
  /// μ²/(μ²−β₁) at the start.
  let lag0: RowLanes
  /// The largest s.
  let largest: RowLanes

  @inline(__always)
  init(_ rule: AdamSteps, _ gains: Parabola, middle: Int, end: Int) {
    let constants = rule.glide
    let lambda = rule.coupledDecay
    growth = constants.growth
    sums = constants.series.sums(gains)
    sum0 = sums.constant
    sum1 = sums.at(RowLanes(repeating: Float(middle))) * rule.length(middle).growth
    sum2 = sums.at(RowLanes(repeating: Float(end))) * rule.length(end).growth
    largest = sum2 * lambda
    let place0 = Place(constants, lambda, sum0)
    let place1 = Place(constants, lambda, sum1)
    let place2 = Place(constants, lambda, sum2)
    // While u changes, the slow mode's momentum lags behind it.
    let drift = Parabola(place0.share, place1.share, place2.share, middle: middle, end: end)
    let behind0 = drift.slope(at: 0) * place0.lag
    let behind1 = drift.slope(at: Float(middle)) * place1.lag
    let behind2 = drift.slope(at: Float(end)) * place2.lag
    share0 = place0.share - behind0
    share1 = place1.share - behind1
    share2 = place2.share - behind2
    lag0 = place0.lag
    let scale = -(lambda * constants.ratio)
    decay = Parabola(
      place0.decay.addingProduct(sum0 * sum0 * scale, behind0),
      place1.decay.addingProduct(sum1 * sum1 * scale, behind1),
      place2.decay.addingProduct(sum2 * sum2 * scale, behind2), middle: middle, end: end)
  }

  /// S at some place near the start.
  @inline(__always)
  func sum(at k: RowLanes) -> RowLanes {
    let x = k * growth
    let exponential = RowLanes(repeating: 1).addingProduct(
      x, RowLanes(repeating: 1).addingProduct(x, RowLanes(repeating: 0.5)))
    return sums.at(k) * exponential
  }

  /// The modes at one place.
  private struct Place {
    let share: RowLanes
    let decay: RowLanes
    let lag: RowLanes

    @inline(__always)
    init(_ constants: AdamGlide, _ lambda: Float, _ sum: RowLanes) {
      let s = sum * lambda
      share = AdamGlide.value(constants.share, s) * lambda
      decay = AdamGlide.value(constants.decay, s) * s
      lag = AdamGlide.value(constants.lag, s)
    }
  }
}
