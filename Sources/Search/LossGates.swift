import Kernels

/// Gates that open for several candidates at once, and weights among those behind open gates:
/// q_i = b_i c_i / Σ_j b_j c_j with b_i = σ((a_i + λ_i)/τ) and c = softmax(w).
///
/// A gate is a Gumbel softmax of two outcomes, whose noise is that of a logistic distribution,
/// λ = log u − log(1 − u). q is the softmax of the scores s_i = w_i + log b_i, so nothing is
/// divided by 0 where all gates are closed: the least closed ones share the weight then.
///
/// One thread owns the buffers. Source: Liu & Lai, "SLF", AAAI 2020, as Zhao et al., KDD 2021, §4.1
/// describe it.
final class LossGates {
  /// How many candidates there are.
  let candidateCount: Int
  /// s of each row, [rows × n].
  let scores: Floats
  /// ∂L/∂s, [rows × n]; to be filled before `backward`.
  let scoreGradient: Floats
  private let columnLength: Int
  /// λ and then 1 − b, n columns.
  private let noise: Floats
  private let closed: Floats

  /// Buffers for slices of at most `maximumRows` rows.
  init(candidateCount: Int, maximumRows: Int) {
    self.candidateCount = candidateCount
    columnLength = Octet.padded(maximumRows)
    noise = Floats(count: candidateCount * columnLength)
    closed = Floats(count: candidateCount * columnLength)
    scores = Floats(count: candidateCount * columnLength)
    scoreGradient = Floats(count: candidateCount * columnLength)
  }

  /// No noise: λ = 0.
  func silence() { noise.fill(0) }

  /// Noise of the generator: the gate of candidate c of the row at position e of the global batch
  /// has the uniform number at (example e, lane c) of `randomness`.
  func draw(_ randomness: Randomness, firstExample: Int, rows: Int) {
    randomness.fillUniforms(
      noise, columnLength: columnLength, candidates: candidateCount, firstExample: firstExample,
      rows: rows)
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      for place in stride(from: start, to: noise.count, by: columnLength) {
        let uniform = noise.octet(at: place)
        noise.setOctet(VectorMath.log(uniform) - VectorMath.log(1 - uniform), at: place)
      }
    }
  }

  /// Computes the scores of `outputs` [rows × 2n]: of each row the a of all gates, then all w.
  func score(outputs: Floats, rows: Int, temperature: Double) {
    precondition(outputs.count >= 2 * rows * candidateCount, "fewer outputs than gates and weights")
    let scale = Float(1 / temperature)
    for start in stride(from: 0, to: rows, by: 8) {
      let lanes = min(8, rows - start)
      for candidate in 0..<candidateCount {
        let place = candidate * columnLength + start
        var gate = Octet.zero
        for lane in 0..<lanes {
          gate[lane] = outputs[2 * (start + lane) * candidateCount + candidate]
        }
        gate = (gate + noise.octet(at: place)) * scale
        // log b = −softplus(−x), and 1 − b = σ(−x), without a large power.
        let power = VectorMath.exp(-gate.magnitude)
        let logarithm = gate.atMost(0) - VectorMath.log1p(power)
        let above = Octet(repeating: 1).replacing(with: power, where: gate .> 0)
        closed.setOctet(above / (1 + power), at: place)
        for lane in 0..<lanes {
          let row = start + lane
          scores[row * candidateCount + candidate] =
            logarithm[lane] + outputs[(2 * row + 1) * candidateCount + candidate]
        }
      }
    }
  }

  /// Writes ∂L/∂outputs [rows × 2n] of `scoreGradient`: ∂s/∂a = (1 − b)/τ, ∂s/∂w = 1.
  func backward(rows: Int, temperature: Double, into gradient: Floats) {
    let scale = Float(1 / temperature)
    for row in 0..<rows {
      for candidate in 0..<candidateCount {
        let slope = scoreGradient[row * candidateCount + candidate]
        gradient[2 * row * candidateCount + candidate] =
          slope * scale * closed[candidate * columnLength + row]
        gradient[(2 * row + 1) * candidateCount + candidate] = slope
      }
    }
  }
}
