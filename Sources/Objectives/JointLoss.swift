import Kernels

extension LossKind {
  static let jointRanking = LossKind(
    "jrc",
    "mean over b of a slice: α·ce + (1 − α)·−log(e^{t_b z_b/2} / Σ_a e^{t_b z_a/2}), t = 2y − 1",
    source: "JRC: Sheng et al., KDD 2023, with its two logits tied: z₁ = −z₀ = z / 2",
    [Parameter("alpha", 0.4, 0...1, "α: how much calibration counts against ranking")],
    slice: { JointLoss(alpha: $0[0] ?? 0.4) })
}

/// Ranking and calibration at once: among all examples of the slice, which one has this label?
///
/// With two logits a model's probability is σ(z₁ − z₀), and an example competes with the others by
/// the logit of its own label. Models here have one logit z for labels 0 and 1; then z/2 and −z/2
/// are the two. Each example keeps its own part of the loss.
struct JointLoss: SliceFormula {
  let alpha: Float

  func values(_ scores: SliceScores, into values: Floats) {
    write(scores, scores.positives, sign: 1, into: values)
    write(scores, scores.negatives, sign: -1, into: values)
  }

  /// The values of the rows of one label.
  private func write(
    _ scores: SliceScores, _ group: SliceScores.Group, sign: Float, into values: Floats
  ) {
    guard group.count > 0 else { return }
    let logSum = logSum(scores, sign / 2)
    for start in stride(from: 0, to: group.count, by: 8) {
      let margin = sign * group.logits.octet(at: start)
      let calibration = Margin(sign: Octet(repeating: sign), margin: margin).surprise
      let value = alpha * calibration + (1 - alpha) * (logSum - 0.5 * margin)
      for lane in 0..<min(8, group.count - start) {
        // Rounding may leave a trace below 0 where one example has it all.
        values[Int(group.rows[start + lane])] = value[lane] < 0 ? 0 : value[lane]
      }
    }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    scores.positives.takeWeights(weights)
    scores.negatives.takeWeights(weights)
    add(scores, scores.positives, sign: 1, scale, gradient)
    add(scores, scores.negatives, sign: -1, scale, gradient)
  }

  /// What the losses of the rows of one label add to all.
  private func add(
    _ scores: SliceScores, _ group: SliceScores.Group, sign: Float, _ scale: Float,
    _ gradient: Floats
  ) {
    guard group.count > 0 else { return }
    let logSum = logSum(scores, sign / 2)
    var total: Float = 0
    for place in 0..<group.count { total += group.weights[place] }
    // Each example of this label competes with all of the slice.
    let rivalry = scale * (1 - alpha) * total * sign / 2
    share(rivalry, sign / 2, logSum, scores.positives, gradient)
    share(rivalry, sign / 2, logSum, scores.negatives, gradient)
    for start in stride(from: 0, to: group.count, by: 8) {
      let margin = sign * group.logits.octet(at: start)
      let wrong = Margin(sign: Octet(repeating: sign), margin: margin).wrong
      let slope = scale * sign * (alpha * wrong + (1 - alpha) / 2)
      for lane in 0..<min(8, group.count - start) {
        gradient[Int(group.rows[start + lane])] -= slope[lane] * group.weights[start + lane]
      }
    }
  }

  /// gradient_a += factor · e^{half · z_a} / Σ e^{half · z} for the rows of a group.
  private func share(
    _ factor: Float, _ half: Float, _ logSum: Float, _ group: SliceScores.Group,
    _ gradient: Floats
  ) {
    for start in stride(from: 0, to: group.count, by: 8) {
      let part = factor * VectorMath.exp(half * group.logits.octet(at: start) - logSum)
      for lane in 0..<min(8, group.count - start) {
        gradient[Int(group.rows[start + lane])] += part[lane]
      }
    }
  }

  /// log Σ_a e^{half · z_a} over all rows.
  private func logSum(_ scores: SliceScores, _ half: Float) -> Float {
    let most = max(
      highest(scores.positives, half), highest(scores.negatives, half))
    let sum = sum(scores.positives, half, most) + sum(scores.negatives, half, most)
    return VectorMath.log(Octet(repeating: sum))[0] + most
  }

  private func highest(_ group: SliceScores.Group, _ half: Float) -> Float {
    var highest = -Float.infinity
    for place in 0..<group.count where half * group.logits[place] > highest {
      highest = half * group.logits[place]
    }
    return highest
  }

  private func sum(_ group: SliceScores.Group, _ half: Float, _ most: Float) -> Float {
    var total: Float = 0
    for start in stride(from: 0, to: group.count, by: 8) {
      let part = VectorMath.exp(half * group.logits.octet(at: start) - most)
      for lane in 0..<min(8, group.count - start) { total += part[lane] }
    }
    return total
  }
}
