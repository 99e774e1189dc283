import Kernels

/// Losses that compare the examples of a slice.
extension LossKind {
  static let pairLogistic = LossKind(
    "pair", "mean over pairs (i, j) of a slice, y_i = 1, y_j = 0: −log σ(z_i − z_j)",
    source: "RankNet: Burges et al., ICML 2005; BPR: Rendle et al., UAI 2009",
    slice: { _ in PairLoss(shape: .logistic) })

  static let pairHinge = LossKind(
    "pair_hinge", "mean over pairs (i, j) of a slice, y_i = 1, y_j = 0: max(0, m − (z_i − z_j))²",
    source: "a surrogate of 1 − AUC; Gao and Zhou, IJCAI 2015",
    [Parameter("margin", 1, 0...1000, "m: how far apart is enough")],
    slice: { PairLoss(shape: .squaredHinge(margin: $0[0] ?? 1)) })

  static let listCrossEntropy = LossKind(
    "list_ce", "mean over i of a slice, y_i = 1: −log(σ(z_i) / Σ_b σ(z_b))",
    source: "regression-compatible ranking; Bai et al., CIKM 2023",
    slice: { _ in ListLoss() })
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

  func values(_ scores: SliceScores, into values: Floats) {
    forPairs(scores) { factor, positives, negatives in
      for i in 0..<positives.count {
        var sum = Octet.zero
        for start in stride(from: 0, to: negatives.count, by: 8) {
          let value = slope(negatives.logits.octet(at: start) - positives.logits[i]).value
          sum += value
          negatives.sums.setOctet(negatives.sums.octet(at: start) + value, at: start)
        }
        values[Int(positives.rows[i])] = factor * sum.sum()
      }
      for j in 0..<negatives.count {
        values[Int(negatives.rows[j])] = factor * negatives.sums[j]
      }
    }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    forPairs(scores) { factor, positives, negatives in
      positives.takeWeights(weights)
      negatives.takeWeights(weights)
      for i in 0..<positives.count {
        var sum = Octet.zero
        for start in stride(from: 0, to: negatives.count, by: 8) {
          let push = slope(negatives.logits.octet(at: start) - positives.logits[i]).derivative
          let pull = push * (negatives.weights.octet(at: start) + positives.weights[i])
          sum += pull
          negatives.sums.setOctet(negatives.sums.octet(at: start) + pull, at: start)
        }
        gradient[Int(positives.rows[i])] -= scale * factor * sum.sum()
      }
      for j in 0..<negatives.count {
        gradient[Int(negatives.rows[j])] += scale * factor * negatives.sums[j]
      }
    }
  }

  /// Calls `body` with what half a pair counts, n / (2|P||N|), and with sums of zero, unless there
  /// is no pair.
  private func forPairs(
    _ scores: SliceScores,
    _ body: (Float, SliceScores.Group, SliceScores.Group) -> Void
  ) {
    let (positives, negatives) = (scores.positives, scores.negatives)
    let pairs = Float(positives.count) * Float(negatives.count)
    guard pairs > 0 else { return }
    negatives.sums.fill(0)
    body(Float(scores.rows) / (2 * pairs), positives, negatives)
  }
}

/// The cross entropy between a slice's positives and the shares σ(z_b) / Σσ; all of it goes to the
/// positives.
struct ListLoss: SliceFormula {
  func values(_ scores: SliceScores, into values: Floats) {
    let positives = scores.positives
    guard positives.count > 0 else { return }
    let factor = Float(scores.rows) / Float(positives.count)
    let logSum = logSum(scores)
    for i in 0..<positives.count {
      let row = Int(positives.rows[i])
      // Rounding may leave a trace below 0 where one positive has it all.
      let value = factor * (logSum + scores.surprises[row])
      values[row] = value < 0 ? 0 : value
    }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    let positives = scores.positives
    guard positives.count > 0 else { return }
    let factor = scale * Float(scores.rows) / Float(positives.count)
    let logSum = logSum(scores)
    positives.takeWeights(weights)
    var total: Float = 0
    for i in 0..<positives.count { total += positives.weights[i] }
    for start in stride(from: 0, to: scores.rows, by: 8) {
      let share = VectorMath.exp(-scores.surprises.octet(at: start) - logSum)
      let slope = factor * total * share * scores.doubts.octet(at: start)
      for row in start..<min(start + 8, scores.rows) { gradient[row] += slope[row - start] }
    }
    for i in 0..<positives.count {
      let row = Int(positives.rows[i])
      gradient[row] -= factor * positives.weights[i] * scores.doubts[row]
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
