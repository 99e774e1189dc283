extension AdamLanes {
  /// Many steps without a gradient by the closed formulas of `AdamGlide`; false, and nothing done,
  /// where an error estimate says that they would be too many at once.
  @inline(never)
  mutating func glide(_ rule: AdamSteps, _ reach: AdamReach, from: Int, steps: Int) -> Bool {
    let constants = rule.glide
    let length = rule.length(steps)
    let path = GlidePath(rule, reach, second, from: from, steps: steps)
    let modes = GlideModes(rule, path.gains, middle: steps / 2, end: steps)
    if (modes.largest .> constants.largest).isAnywhere { return false }

    // The slow part: its decay, and what the fast one takes from it on its way.
    let slow0 = weight.addingProduct(-modes.sum0, first)
    let fast0 = first.addingProduct(-modes.share0, slow0)
    let total = -modes.decay.sum(steps)
    let lost = total.growthByExponential
    let kept = lost + 1
    let fastKept = RowLanes(repeating: length.power1) / kept
    let centre = RowLanes(repeating: length.mean).addingProduct(
      modes.decay.constant, RowLanes(repeating: 2 * length.variance))
    let sum = modes.sum(at: centre)
    let taken =
      sum * sum * fast0 * (kept - fastKept) * modes.lag0
      * (modes.decay.constant + 1) * (rule.coupledDecay * constants.ratio)
    let slow2 = slow0.addingProduct(lost, slow0) - taken
    // Momentum that is gone must not become subnormal, which costs a hundred cycles.
    let fastLeft = fastKept.without(below: 1e-16) * fast0.without(below: 1e-20)
    let first2 = fastLeft.addingProduct(modes.share2, slow2)

    // The second moments again with what is now known; the change measures the error.
    // e^{half} as the root of e^{total}, but for the small rest.
    let rest = modes.decay.sum(steps / 2).addingProduct(total, RowLanes(repeating: 0.5))
    let bend = RowLanes(repeating: 1).addingProduct(
      rest, rest * 0.5 + -1)
    let slow1 = (slow0 - taken) * kept.roots * bend
    let second2 = path.corrected(modes, slow0, slow1, slow2)
    let error = (second2 - path.last).magnitude
    let moved = slow0.magnitude * (-total).atMost(1)
    let fails = (error * moved .> second2 * 1e-6) .| (error .> second2 * 2e-3)
    if fails.isAnywhere { return false }
    weight = slow2.addingProduct(modes.sum2, first2)
    first = first2
    second = second2
    return true
  }
}
