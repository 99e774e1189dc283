import Graph
import Kernels
import Objectives

/// What K classes change: gradients have K numbers a row.
extension StrategyWorkspace {
  /// gradient_bj ← scale·Σ_i w_bi ∂ℓ_bi/∂z_bj.
  func combineClasses(_ rows: Int, _ scale: Float, _ gradient: Floats) {
    let (length, classes) = (candidates.columnLength, strategy.classes)
    for start in stride(from: 0, to: Octet.padded(rows), by: 8) {
      let lanes = min(8, rows - start)
      for j in 0..<classes {
        var slope = Octet.zero
        for candidate in strategy.candidates.indices {
          let column = (candidate * classes + j) * length
          slope.addProduct(
            weights.octet(at: candidate * length + start),
            candidates.derivatives.octet(at: column + start))
        }
        slope *= scale
        for lane in 0..<lanes { gradient[(start + lane) * classes + j] = slope[lane] }
      }
    }
  }

  /// gradient_bj += ŷ_j (g_j − Σ_k ŷ_k g_k), g being the last K of the 2K numbers of a row of
  /// `inputGradient`.
  func addClassGradient(_ inputGradient: Floats, _ rows: Int, _ gradient: Floats) {
    let (length, classes) = (candidates.columnLength, strategy.classes)
    let predictions = candidates.probabilities
    for row in 0..<rows {
      let place = 2 * classes * row + classes
      var mean: Float = 0
      for k in 0..<classes { mean += predictions[k * length + row] * inputGradient[place + k] }
      for j in 0..<classes {
        gradient[row * classes + j] +=
          predictions[j * length + row] * (inputGradient[place + j] - mean)
      }
    }
  }

  /// How fast h = [y, ŷ] moves with the logits: ŷ̇ = ŷ(1 − ŷ)ż, or ŷ̇_j = ŷ_j (ż_j − Σ_k ŷ_k ż_k).
  func fillInputMotion(of direction: Workspace, _ velocity: Floats, _ rows: Int) {
    let (length, classes) = (candidates.columnLength, strategy.classes)
    let (inputs, predictions) = (direction.inputs, candidates.probabilities)
    guard classes > 2 else {
      for row in 0..<rows {
        inputs[2 * row] = 0
        inputs[2 * row + 1] = predictions[row] * (1 - predictions[row]) * velocity[row]
      }
      return
    }
    for row in 0..<rows {
      let place = 2 * classes * row
      var mean: Float = 0
      for k in 0..<classes {
        mean += predictions[k * length + row] * velocity[row * classes + k]
      }
      for j in 0..<classes {
        inputs[place + j] = 0
        inputs[place + classes + j] =
          predictions[j * length + row] * (velocity[row * classes + j] - mean)
      }
    }
  }
}
