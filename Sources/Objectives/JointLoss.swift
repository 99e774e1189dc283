import Kernels

extension LossKind {
  static let jointRanking = LossKind(
    "jrc", "mean over b of a slice: −log(e^{t_b z_b/2} / Σ_a e^{t_b z_a/2}), t = 2y − 1",
    source: "JRC: Sheng et al., KDD 2023, with its two logits tied: z₁ = −z₀ = z / 2", alpha: 0.4,
    slice: { share, _ in JointLoss(share: share) })
}

/// Which among all examples of the slice has this label?
///
/// With two logits a model's probability is σ(z₁ − z₀), and an example competes with the others by
/// the logit of its own label. Models here have one logit z for labels 0 and 1; then z/2 and −z/2
/// are the two. Each example keeps its own part of the loss.
struct JointLoss: SliceFormula {
  /// What it counts, 1 − α.
  let share: Float

  func addValues(_ scores: SliceScores, to values: Floats) {
    forLabels(scores) { group, half, logSum in
      for place in 0..<group.count {
        let value = logSum - half * group.logits[place]
        // Rounding may leave a trace below 0 where one example has it all.
        values[Int(group.rows[place])] += share * (value < 0 ? 0 : value)
      }
    }
  }

  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats
  ) {
    forLabels(scores) { group, half, logSum in
      let factor = scale * share * half
      var total: Float = 0
      for place in 0..<group.count {
        let row = Int(group.rows[place])
        total += weights[row]
        gradient[row] -= factor * weights[row]
      }
      // Each example of this label competes with all of the slice.
      forPowers(scores, half, logSum) { gradient[$0] += factor * total * $1 }
    }
  }

  func addMotion(_ scores: SliceScores, velocity: Floats, into motion: Floats) {
    forLabels(scores) { group, half, logSum in
      var drift: Float = 0
      forPowers(scores, half, logSum) { drift += $1 * velocity[$0] }
      for place in 0..<group.count {
        let row = Int(group.rows[place])
        motion[row] += share * half * (drift - velocity[row])
      }
    }
  }

  /// Calls `body` with the rows of each label, with ½ or −½, by which their logits are multiplied,
  /// and with log Σ_a e^{half · z_a} over all rows.
  @inline(__always)
  private func forLabels(
    _ scores: SliceScores,
    _ body: (_ group: SliceScores.Group, _ half: Float, _ logSum: Float) -> Void
  ) {
    if scores.positives.count > 0 { body(scores.positives, 0.5, logSum(scores, 0.5)) }
    if scores.negatives.count > 0 { body(scores.negatives, -0.5, logSum(scores, -0.5)) }
  }

  /// log Σ_a e^{half · z_a} over all rows.
  private func logSum(_ scores: SliceScores, _ half: Float) -> Float {
    var most = -Float.infinity
    for row in 0..<scores.rows where half * scores.logits[row] > most {
      most = half * scores.logits[row]
    }
    var sum: Float = 0
    forPowers(scores, half, most) { sum += $1 }
    return VectorMath.log(Octet(repeating: sum))[0] + most
  }

  /// Calls `body` with each row and its e^{half · z − shift}.
  @inline(__always)
  private func forPowers(
    _ scores: SliceScores, _ half: Float, _ shift: Float,
    _ body: (_ row: Int, _ power: Float) -> Void
  ) {
    for start in stride(from: 0, to: scores.rows, by: 8) {
      let powers = VectorMath.exp(half * scores.logits.octet(at: start) - shift)
      for row in start..<min(start + 8, scores.rows) { body(row, powers[row - start]) }
    }
  }
}
