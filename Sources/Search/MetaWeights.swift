import Kernels

/// Weights α = softmax(a), the same for all examples, learned by how well a step along
/// Σ_i α_i ∇ℓ_i serves examples that it was not made for.
///
/// With W′ = W − η Σ_i α_i ∇_W ℓ̄_i and a loss L of other examples, ∂L/∂α_i = −η d_i,
/// d_i = ⟨∇_{W′} L, ∇_W ℓ̄_i⟩. η is left out: it scales all alike, and Adam's steps do not depend
/// on that.
enum MetaWeights {
  /// η where none is given.
  static let usualRate: Float = 0.001
  /// What η may be.
  static let rates: ClosedRange<Float> = 1e-6...10

  /// ∂L/∂a_j / η = α_j (g_j − Σ_i α_i g_i), where the losses of `sums` are those of g_i = −d_i.
  static func gradient(of sums: StrategySums, at parameters: Floats, into gradient: Floats) {
    let count = sums.candidateCount
    var highest = parameters[0]
    for candidate in 1..<count { highest = max(highest, parameters[candidate]) }
    var total: Float = 0
    for candidate in 0..<count {
      gradient[candidate] =
        VectorMath.exp(Octet(repeating: parameters[candidate] - highest))[0]
      total += gradient[candidate]
    }
    var mean: Float = 0
    for candidate in 0..<count {
      gradient[candidate] /= total
      mean += gradient[candidate] * Float(sums.meanLoss(candidate))
    }
    for candidate in 0..<count {
      gradient[candidate] *= Float(sums.meanLoss(candidate)) - mean
    }
  }
}

extension StrategyWorkspace {
  /// Puts −d_i for the losses of `sums`: d_i is the mean of dℓ_i/dε at logits z + ε ż over the
  /// first `support` of the `rows` rows of the last `weigh`, whose slice was parted there; ż, the
  /// velocity of the logits, is laid out as they are.
  public func note(velocity: Floats, support: Int, rows: Int) {
    let (length, outputs) = (candidates.columnLength, strategy.outputs)
    let compares = candidates.comparesExamples
    if compares {
      effects.fill(0)
      candidates.addComparisonMotions(velocity: velocity, into: effects)
    }
    for candidate in strategy.candidates.indices {
      var sum = 0.0
      for j in 0..<outputs {
        let column = (candidate * outputs + j) * length
        for row in 0..<support {
          sum += Double(candidates.derivatives[column + row] * velocity[row * outputs + j])
        }
      }
      if compares {
        for row in 0..<support { sum += Double(effects[candidate * length + row]) }
      }
      sums.losses[candidate] = support > 0 ? -sum / Double(support) * Double(rows) : 0
    }
  }
}
