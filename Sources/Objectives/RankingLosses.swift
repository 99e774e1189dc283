import Kernels

/// Losses that compare the examples of a slice.
///
/// The min-max form of 1 − AUC (AUCM of LibAUC) is not among them: it has three numbers of its own
/// that are learned, one of them uphill, and candidates have no parameters to learn. `pair_hinge`
/// takes the squares over the pairs themselves.
extension LossKind {
  static let pairLogistic = LossKind(
    "pair", "mean over pairs (i, j) of a slice, y_i = 1, y_j = 0: −log σ(z_i − z_j)",
    source: "RankNet: Burges et al., ICML 2005; with ce: Lin et al., KDD 2024", alpha: 0,
    slice: { share, _ in PairLoss(shape: .logistic, share: share) })

  static let pairHinge = LossKind(
    "pair_hinge", "mean over pairs (i, j) of a slice, y_i = 1, y_j = 0: max(0, m − (z_i − z_j))²",
    source: "a surrogate of 1 − AUC; Gao and Zhou, IJCAI 2015",
    [Parameter("margin", 1, 0...1000, "m: how far apart is enough")], alpha: 0,
    slice: { PairLoss(shape: .squaredHinge(margin: $1[0] ?? 1), share: $0) })

  static let listCrossEntropy = LossKind(
    "list_ce", "mean over i of a slice, y_i = 1: −log(σ(z_i) / Σ_b σ(z_b))",
    source: "regression-compatible ranking; Bai et al., CIKM 2023", alpha: 0,
    slice: { share, _ in ListLoss(share: share) })
}

/// A loss of the differences z_i − z_j of positives and negatives; half of each pair's part goes to
/// either example. Takes time in proportion to the number of pairs.
struct PairLoss: SliceFormula {
  /// What a difference costs.
  enum Shape: Sendable {
    case logistic
    case squaredHinge(margin: Float)
  }

  let shape: Shape
  /// What it counts, 1 − α.
  let share: Float

  /// The loss at u = z_j − z_i, and its derivative.
  @inline(__always)
  private func slope(_ u: Octet) -> Slope {
    switch shape {
    case .logistic:
      let margin = Margin(sign: Octet(repeating: 1), margin: -u)
      return Slope(value: margin.surprise, derivative: margin.wrong)
    case .squaredHinge(let distance):
      let gap = (u + distance).atLeast(0)
      return Slope(value: gap * gap, derivative: 2 * gap)
    }
  }

  func addValues(_ scores: SliceScores, to values: Floats) {
    addPairs(scores, scale: 1, sign: 1, to: values) { slope, _, _ in slope.value }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    let (positives, negatives) = (scores.positives, scores.negatives)
    positives.takeWeights(weights)
    negatives.takeWeights(weights)
    addPairs(scores, scale: scale, sign: -1, to: gradient) { slope, i, start in
      slope.derivative * (negatives.weights.octet(at: start) + positives.weights[i])
    }
  }

  func addMotion(_ scores: SliceScores, velocity: Floats, into motion: Floats) {
    let (positives, negatives) = (scores.positives, scores.negatives)
    positives.takeWeights(velocity)
    negatives.takeWeights(velocity)
    addPairs(scores, scale: 1, sign: 1, to: motion) { slope, i, start in
      slope.derivative * (negatives.weights.octet(at: start) - positives.weights[i])
    }
  }

  /// Adds to each example's place in a column scale · n / (2|P||N|) times the sum over its pairs of
  /// `part`, with this sign for positives. `part` is that of positive i and of the negatives from
  /// `start` on, of which those behind the last one have no slope.
  @inline(__always)
  private func addPairs(
    _ scores: SliceScores, scale: Float, sign: Float, to column: Floats,
    _ part: (_ slope: Slope, _ i: Int, _ start: Int) -> Octet
  ) {
    let (positives, negatives) = (scores.positives, scores.negatives)
    let pairs = Float(positives.count) * Float(negatives.count)
    guard pairs > 0 else { return }
    let factor = scale * (share * Float(scores.rows) / (2 * pairs))
    negatives.sums.fill(0)
    for i in 0..<positives.count {
      var sum = Octet.zero
      for start in stride(from: 0, to: negatives.count, by: 8) {
        let slope = slope(negatives.logits.octet(at: start) - positives.logits[i])
        let cost = part(slope, i, start)
        sum += cost
        negatives.sums.setOctet(negatives.sums.octet(at: start) + cost, at: start)
      }
      column[Int(positives.rows[i])] += sign * factor * sum.sum()
    }
    for j in 0..<negatives.count {
      column[Int(negatives.rows[j])] += factor * negatives.sums[j]
    }
  }
}

/// The cross entropy between a slice's positives and the shares σ(z_b) / Σσ; all of it goes to the
/// positives.
struct ListLoss: SliceFormula {
  /// What it counts, 1 − α.
  let share: Float

  func addValues(_ scores: SliceScores, to values: Floats) {
    guard let (factor, logSum) = terms(scores) else { return }
    for i in 0..<scores.positives.count {
      let row = Int(scores.positives.rows[i])
      // Rounding may leave a trace below 0 where one positive has it all.
      let value = factor * (logSum + scores.surprises[row])
      values[row] += value < 0 ? 0 : value
    }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    guard let (factor, logSum) = terms(scores, scale: scale) else { return }
    let positives = scores.positives
    positives.takeWeights(weights)
    var total: Float = 0
    for i in 0..<positives.count { total += positives.weights[i] }
    forSlopes(scores, logSum) { gradient[$0] += factor * total * $1 }
    for i in 0..<positives.count {
      let row = Int(positives.rows[i])
      gradient[row] -= factor * positives.weights[i] * scores.doubts[row]
    }
  }

  func addMotion(_ scores: SliceScores, velocity: Floats, into motion: Floats) {
    guard let (factor, logSum) = terms(scores) else { return }
    var drift: Float = 0
    forSlopes(scores, logSum) { drift += $1 * velocity[$0] }
    for i in 0..<scores.positives.count {
      let row = Int(scores.positives.rows[i])
      motion[row] += factor * (drift - scores.doubts[row] * velocity[row])
    }
  }

  /// What each positive counts and log Σ_b σ(z_b); nil without positives.
  private func terms(
    _ scores: SliceScores, scale: Float = 1
  ) -> (factor: Float, logSum: Float)? {
    guard scores.positives.count > 0 else { return nil }
    let factor = scale * share * Float(scores.rows) / Float(scores.positives.count)
    return (factor, logSum(scores))
  }

  /// Calls `body` with each row and ∂ log Σσ / ∂z_b = σ(z_b)(1 − σ(z_b)) / Σσ.
  @inline(__always)
  private func forSlopes(
    _ scores: SliceScores, _ logSum: Float, _ body: (_ row: Int, _ slope: Float) -> Void
  ) {
    for start in stride(from: 0, to: scores.rows, by: 8) {
      let part = VectorMath.exp(-scores.surprises.octet(at: start) - logSum)
      let slopes = part * scores.doubts.octet(at: start)
      for row in start..<min(start + 8, scores.rows) { body(row, slopes[row - start]) }
    }
  }

  /// log Σ_b σ(z_b).
  private func logSum(_ scores: SliceScores) -> Float {
    var lowest = Octet(repeating: .infinity)
    for start in stride(from: 0, to: scores.rows, by: 8) {
      let surprise = scores.surprises.octet(at: start)
      // What is not a number stays visible.
      lowest.replace(with: surprise, where: surprise .< lowest .| surprise .!= surprise)
    }
    let least = (0..<8).reduce(lowest[0]) { lowest[$1] < $0 || lowest[$1].isNaN ? lowest[$1] : $0 }
    var sum = Octet.zero
    for start in stride(from: 0, to: scores.rows, by: 8) {
      sum += VectorMath.exp(least - scores.surprises.octet(at: start))
    }
    return VectorMath.log(Octet(repeating: sum.sum()))[0] - least
  }
}
