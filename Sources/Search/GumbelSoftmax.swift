import Kernels

/// Probabilities of n candidates for the rows of one slice: p = softmax((o + g)/τ).
///
/// o are the controller's outputs before any softmax. log α = o − logsumexp(o) differs from o by
/// one number a row, which a softmax does not see, so no logarithm of a softmax is ever taken.
/// Sources: Jang et al. and Maddison et al., both ICLR 2017; Zhao et al., KDD 2021, eq. 10.
///
/// One thread owns the buffers. Column i begins at i × `columnLength`, as in `CandidateTable`.
public final class GumbelSoftmax {
  /// How many candidates there are.
  public let candidateCount: Int
  /// How far the columns lie apart.
  public let columnLength: Int
  /// p of each row, n columns.
  public let probabilities: Floats
  /// What the forward pass multiplies the losses with: p, or the one-hot choice, n columns.
  public let weights: Floats
  private let noise: Floats

  /// Buffers for slices of at most `maximumRows` rows.
  public init(candidateCount: Int, maximumRows: Int) {
    precondition(candidateCount > 0 && maximumRows > 0, "a softmax needs candidates and rows")
    self.candidateCount = candidateCount
    columnLength = Octet.padded(maximumRows)
    probabilities = Floats(count: candidateCount * columnLength)
    weights = Floats(count: candidateCount * columnLength)
    noise = Floats(count: candidateCount * columnLength)
  }

  /// No noise: g = 0.
  public func silence(rows: Int) {
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      for candidate in 0..<candidateCount {
        noise.setOctet(.zero, at: candidate * columnLength + start)
      }
    }
  }

  /// Noise of the generator: candidate c of the row at position e of the global batch has the
  /// uniform number at (example e, lane c) of `randomness`.
  public func draw(_ randomness: Randomness, firstExample: Int, rows: Int) {
    randomness.fillUniforms(
      noise, columnLength: columnLength, candidates: candidateCount, firstExample: firstExample,
      rows: rows)
    makeGumbel(rows: rows)
  }

  /// Noise from outside: `uniforms` [rows × n] in (0, 1), row by row.
  public func use(uniforms: Floats, rows: Int) {
    precondition(uniforms.count >= rows * candidateCount, "fewer uniform numbers than choices")
    noise.fill(0.5)
    for row in 0..<rows {
      for candidate in 0..<candidateCount {
        noise[candidate * columnLength + row] = uniforms[row * candidateCount + candidate]
      }
    }
    makeGumbel(rows: rows)
  }

  /// Computes probabilities and weights from `outputs` [rows × n] and the noise set before.
  public func select(outputs: Floats, rows: Int, temperature: Double, straightThrough: Bool) {
    precondition(outputs.count >= rows * candidateCount, "fewer outputs than rows × candidates")
    for row in 0..<rows {
      for candidate in 0..<candidateCount {
        let place = candidate * columnLength + row
        probabilities[place] = noise[place] + outputs[row * candidateCount + candidate]
      }
    }
    let scale = Float(1 / temperature)
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      softmax(start, scale)
      for candidate in 0..<candidateCount {
        let place = candidate * columnLength + start
        weights.setOctet(probabilities.octet(at: place), at: place)
      }
    }
    if straightThrough { choose(rows) }
  }

  /// ∂L/∂o [rows × n] of L = scale·Σ_b Σ_i p_bi ℓ_bi: scale·p_i(ℓ_i − Σ_j p_j ℓ_j)/τ.
  ///
  /// The straight-through choice has this gradient too: forward one-hot, backward through p.
  public func backward(
    values: Floats, rows: Int, temperature: Double, scale: Float, into gradient: Floats
  ) {
    precondition(values.count == probabilities.count, "values of other columns than probabilities")
    let factor = Float(Double(scale) / temperature)
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      var mean = Octet.zero
      for place in places(start) {
        mean.addProduct(probabilities.octet(at: place), values.octet(at: place))
      }
      let rest = min(8, rows - start)
      for (candidate, place) in places(start).enumerated() {
        let excess = values.octet(at: place) - mean
        let slope = factor * probabilities.octet(at: place) * excess
        for lane in 0..<rest { gradient[(start + lane) * candidateCount + candidate] = slope[lane] }
      }
    }
  }

  /// How fast that gradient moves when o moves by `outputMotion` [rows × n] and the values by
  /// `valueMotion`: scale·[ṗ_i(ℓ_i − Σ_j p_j ℓ_j) + p_i(ℓ̇_i − Σ_j (ṗ_j ℓ_j + p_j ℓ̇_j))]/τ with
  /// ṗ_i = p_i(ȯ_i − Σ_j p_j ȯ_j)/τ.
  func backwardTangent(
    values: Floats, valueMotion: Floats, outputMotion: Floats, rows: Int, temperature: Double,
    scale: Float, into motion: Floats
  ) {
    let (count, length) = (candidateCount, columnLength)
    let (inverse, factor) = (Float(1 / temperature), Float(Double(scale) / temperature))
    for row in 0..<rows {
      let first = row * count
      var (mean, drift, change) = (Float(0), Float(0), Float(0))
      for i in 0..<count {
        let p = probabilities[i * length + row]
        mean += p * values[i * length + row]
        drift += p * outputMotion[first + i]
      }
      func chance(_ i: Int) -> Float {
        probabilities[i * length + row] * (outputMotion[first + i] - drift) * inverse
      }
      for i in 0..<count {
        // Σ ṗ is 0, so the mean may be taken off.
        change += chance(i) * (values[i * length + row] - mean)
        change += probabilities[i * length + row] * valueMotion[i * length + row]
      }
      for i in 0..<count {
        let excess = values[i * length + row] - mean
        let p = probabilities[i * length + row]
        motion[first + i] =
          factor * (chance(i) * excess + p * (valueMotion[i * length + row] - change))
      }
    }
  }

  /// Where the octets of all candidates begin, for the rows from `start` on.
  private func places(_ start: Int) -> StrideTo<Int> {
    stride(from: start, to: candidateCount * columnLength, by: columnLength)
  }

  /// g = −log(−log u), in place.
  private func makeGumbel(rows: Int) {
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      for place in places(start) {
        noise.setOctet(-VectorMath.log(-VectorMath.log(noise.octet(at: place))), at: place)
      }
    }
  }

  private func softmax(_ start: Int, _ scale: Float) {
    var highest = probabilities.octet(at: start)
    for place in places(start) {
      let score = probabilities.octet(at: place)
      highest.replace(with: score, where: score .> highest)
    }
    var sum = Octet.zero
    for place in places(start) {
      let power = VectorMath.exp((probabilities.octet(at: place) - highest) * scale)
      probabilities.setOctet(power, at: place)
      sum += power
    }
    for place in places(start) {
      probabilities.setOctet(probabilities.octet(at: place) / sum, at: place)
    }
  }

  /// Weights ← one-hot at the largest probability, the first among equals.
  private func choose(_ rows: Int) {
    for row in 0..<rows {
      var best = 0
      for candidate in 1..<candidateCount
      where probabilities[candidate * columnLength + row]
        > probabilities[best * columnLength + row]
      {
        best = candidate
      }
      for candidate in 0..<candidateCount {
        weights[candidate * columnLength + row] = candidate == best ? 1 : 0
      }
    }
  }
}

extension Randomness {
  /// Writes uniform numbers in (0, 1) for the rows of a slice, a column for each candidate:
  /// candidate c of the row at position e of the global batch has the one at (example e, lane c).
  /// The rows that fill up the last octet get ½.
  func fillUniforms(
    _ columns: Floats, columnLength: Int, candidates: Int, firstExample: Int, rows: Int
  ) {
    for row in 0..<rows {
      var words = SIMD4<UInt32>()
      for candidate in 0..<candidates {
        if candidate & 3 == 0 {
          words = self.words(example: firstExample + row, block: candidate >> 2)
        }
        columns[candidate * columnLength + row] = Self.uniform(words[candidate & 3])
      }
    }
    for candidate in 0..<candidates {
      for row in rows..<Octet.padded(rows) { columns[candidate * columnLength + row] = 0.5 }
    }
  }
}
