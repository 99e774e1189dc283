import Kernels

/// L = Σ_i (e^{−s_i} ℓ_i + s_i): each candidate is weighed by its precision e^{−s_i}.
///
/// The parameters are o = −s. A candidate whose loss is 0 would gain weight without end, so no
/// weight grows beyond e^`limit`. Source: Kendall et al., CVPR 2018, in the form without halves.
enum UncertaintyWeights {
  /// The largest o that counts.
  static let limit: Float = 10

  /// ∂L/∂o_i = e^{o_i} ℓ̄_i − 1, with ℓ̄_i the mean of the candidate's loss over a batch.
  static func gradient(of sums: StrategySums, at parameters: Floats, into gradient: Floats) {
    for candidate in 0..<sums.candidateCount {
      let mean = Float(sums.meanLoss(candidate))
      let slope = weight(parameters[candidate]) * mean - 1
      gradient[candidate] = parameters[candidate] > limit ? max(slope, 0) : slope
    }
  }

  /// The weight e^o.
  static func weight(_ parameter: Float) -> Float {
    VectorMath.exp(Octet(repeating: min(parameter, limit)))[0]
  }
}
