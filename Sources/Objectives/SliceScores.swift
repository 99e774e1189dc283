import Kernels

/// The logits of one slice by label, for losses that compare its examples.
///
/// One thread owns the memory; filling it allocates nothing.
final class SliceScores {
  /// Rows of one label: where they are in the slice, their logits, and room for sums over pairs.
  struct Group {
    let rows: View<Int32>
    /// Whole octets; behind the last row stands −∞, which loses every comparison.
    let logits: Floats
    let weights: Floats
    let sums: Floats
    var count = 0

    init(capacity: Int) {
      rows = View(count: capacity)
      logits = Floats(count: capacity)
      weights = Floats(count: capacity)
      sums = Floats(count: capacity)
    }

    mutating func append(_ row: Int, logit: Float) {
      rows[count] = Int32(row)
      logits[count] = logit
      count += 1
    }

    func close() {
      for place in count..<Octet.padded(count) { logits[place] = -.infinity }
    }

    /// Takes the weights of its rows, or other numbers of theirs, from a column of the slice.
    func takeWeights(_ column: Floats) {
      for place in 0..<count { weights[place] = column[Int(rows[place])] }
      for place in count..<Octet.padded(count) { weights[place] = 0 }
    }
  }

  /// Rows with label 1 and with label 0.
  private(set) var positives: Group
  private(set) var negatives: Group
  /// z of every row, in their order; behind the last one −∞.
  let logits: Floats
  /// −log σ(z) and 1 − σ(z) of every row, in their order; behind the last one those of −∞.
  let surprises: Floats
  let doubts: Floats
  /// Rows of the slice.
  private(set) var rows = 0

  /// Memory for slices of at most `capacity` rows, whole octets.
  init(capacity: Int) {
    positives = Group(capacity: capacity)
    negatives = Group(capacity: capacity)
    logits = Floats(count: capacity)
    surprises = Floats(count: capacity)
    doubts = Floats(count: capacity)
  }

  /// Takes in the first `rows` rows.
  func load(logits source: Floats, labels: Floats, rows: Int) {
    self.rows = rows
    (positives.count, negatives.count) = (0, 0)
    for row in 0..<rows {
      if labels[row] == 1 {
        positives.append(row, logit: source[row])
      } else {
        negatives.append(row, logit: source[row])
      }
      logits[row] = source[row]
    }
    positives.close()
    negatives.close()
    for row in rows..<Octet.padded(rows) { logits[row] = -.infinity }
    for start in stride(from: 0, to: rows, by: 8) {
      let margin = Margin(sign: Octet(repeating: 1), margin: logits.octet(at: start))
      surprises.setOctet(margin.surprise, at: start)
      doubts.setOctet(margin.wrong, at: start)
    }
  }
}

/// A loss of the examples of one slice together, with labels 0 and 1.
///
/// Its loss is shared out over the examples so that the mean of their shares ℓ_b is the loss of the
/// slice; a strategy weighs the shares as it weighs other candidates. Pairs and lists are formed
/// inside a slice, never across: slices are part of the configuration, so the result depends on no
/// number of threads or workers.
protocol SliceFormula: Sendable {
  /// Adds ℓ_b of each row that is compared to a column of the slice.
  func addValues(_ scores: SliceScores, to values: Floats)

  /// gradient_b += scale · Σ_a w_a ∂ℓ_a/∂z_b, `weights` being a column of the slice.
  func addGradient(
    _ scores: SliceScores, weights: Floats, scale: Float, into gradient: Floats)

  /// motion_b += Σ_a ∂ℓ_b/∂z_a ż_a, how fast ℓ_b moves when the logits move by `velocity`, one a
  /// row.
  func addMotion(_ scores: SliceScores, velocity: Floats, into motion: Floats)
}
