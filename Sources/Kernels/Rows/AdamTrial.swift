/// What a step of Adam would do, without making it.
///
/// Per unit of the learning rate the weight falls by u = m̂ / (√v̂ + ε), with the moments that the
/// gradient g leads to, and ∂u/∂g = ((1 − β₁)/c₁ − u (1 − β₂) g / (c₂ √v̂)) / (√v̂ + ε), where
/// c_j = 1 − β_jᵗ. Decoupled decay does not depend on the gradient and is left out.
extension AdamRule {
  /// moves ← u and slopes ← ∂u/∂g of step `step`, for `count` weights whose parts lie at the three
  /// addresses; `moves` holds g before.
  @inline(__always)
  func tryStep(
    weights: UnsafePointer<Float>, first: UnsafePointer<Float>, second: UnsafePointer<Float>,
    moves: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>, count: Int, step: Int
  ) {
    let rule = steps
    let (scale, correction) = (rule.scale(step), rule.rate(step) / rule.rate(.max))
    for place in 0..<count {
      let total = unsafe moves[place] + rule.coupledDecay * weights[place]
      var (mean, square) = unsafe (first[place], second[place])
      mean += rule.share1 * (total - mean)
      square += rule.share2 * (total * total - square)
      let root = square.squareRoot() * scale
      let move = correction * mean / (root + rule.epsilon)
      let bend = root > 0 ? move * rule.share2 * total * scale * scale / root : 0
      unsafe moves[place] = move
      unsafe slopes[place] = (correction * rule.share1 - bend) / (root + rule.epsilon)
    }
  }
}

extension RowKernel {
  /// Tries Adam's step after `version` on the rows of ids[range], which are left alone: row k of
  /// `moves`, at `k · width`, holds its gradient before and how far it would fall after, for each
  /// unit of the learning rate; row k of `slopes` how fast that grows with the gradient. Traps
  /// under other rules.
  public func tryStep(
    _ table: Floats, ids: View<UInt32>, range: Range<Int>, version: Int, moves: Floats,
    slopes: Floats
  ) {
    let width = layout.width
    precondition(
      range.upperBound * width <= min(moves.count, slopes.count), "no room for rows of a trial")
    let (rule, segment) = (adam(ofStep: version + 1), schedule.segment(ofStep: version))
    unsafe withCopy { scratch in
      unsafe forRows(table, ids, range) { row, entry in
        let current = unsafe caughtUp(row, version: version, segment, scratch: scratch)
        unsafe rule.tryStep(
          weights: current, first: current + width, second: current + 2 &* width,
          moves: moves.pointer + entry &* width, slopes: slopes.pointer + entry &* width,
          count: width, step: version + 1)
      }
    }
  }

  /// The same for the elements `range` of a flat vector with its state.
  public func tryStep(
    weights: Floats, state: Floats, range: Range<Int>, version: Int, moves: Floats,
    slopes: Floats
  ) {
    let count = weights.count
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count && state.count >= 2 * count
        && moves.count == count && slopes.count == count, "a trial of vectors of other lengths")
    let first = range.lowerBound
    unsafe adam(ofStep: version + 1).tryStep(
      weights: weights.pointer + first, first: state.pointer + first,
      second: state.pointer + count + first, moves: moves.pointer + first,
      slopes: slopes.pointer + first, count: range.count, step: version + 1)
  }

  private func adam(ofStep step: Int) -> AdamRule {
    switch schedule.rule(ofStep: step) {
    case .adam(let rule), .lazyAdam(let rule): return rule
    case .linear: preconditionFailure("only steps of Adam are tried")
    }
  }
}
