import Kernels

/// Weights w = softmax(o) that follow from how the candidates' losses change: o = β r with
/// r_i = Δ_i / Σ_j |Δ_j|, Δ_i being the last mean minus the one before.
///
/// With β > 0 a loss that falls more slowly than others, or rises, gets more weight. Means are
/// taken over windows of steps. Source: Heydari et al., "SoftAdapt", arXiv 1912.12355, the
/// normalised variant.
struct SoftAdapt {
  /// What is kept from step to step: the means of the last window, and the sums of this one.
  static let memory = ["window.before", "window.now"]
  /// β where none is given: that of the source.
  static let usualBeta: Float = 0.1
  /// What β may be.
  static let betas: ClosedRange<Float> = -1000...1000

  /// How strongly rates become weights.
  let beta: Float

  /// Takes in a training step, the one after `steps` others; `window` steps make a mean.
  ///
  /// o is `state.dense`; the two memories are the halves of `state.statistics`.
  func follow(_ sums: StrategySums, steps: Int, window: Int, _ state: ControllerState) {
    let count = sums.candidateCount
    let (before, now) = (state.statistics.slice(0, count), state.statistics.slice(count, count))
    for candidate in 0..<count {
      now[candidate] += Float(sums.meanLoss(candidate)) / Float(window)
    }
    guard (steps + 1) % window == 0 else { return }
    if steps + 1 > window {
      var total: Float = 0
      for candidate in 0..<count { total += (now[candidate] - before[candidate]).magnitude }
      for candidate in 0..<count {
        let change = now[candidate] - before[candidate]
        state.dense[candidate] = total > 0 ? beta * change / total : 0
      }
    }
    before.copy(from: now)
    now.fill(0)
  }
}
