import Glibc
import Kernels

/// The entropy of α = softmax(o), which keeps a controller from settling on one candidate.
enum EntropyBonus {
  /// Adds the gradient of −scale · Σ_b H(α_b) for the outputs o [rows × count]:
  /// scale · α_i (log α_i + H).
  static func add(
    _ scale: Float, outputs: Floats, count: Int, rows: Int, into gradient: Floats
  ) {
    for row in 0..<rows {
      let first = row * count
      var highest = outputs[first]
      for i in 1..<count { highest = max(highest, outputs[first + i]) }
      var sum: Float = 0
      for i in 0..<count { sum += expf(outputs[first + i] - highest) }
      let shift = highest + logf(sum)
      var entropy: Float = 0
      for i in 0..<count {
        let logarithm = outputs[first + i] - shift
        entropy -= expf(logarithm) * logarithm
      }
      for i in 0..<count {
        let logarithm = outputs[first + i] - shift
        gradient[first + i] += scale * expf(logarithm) * (logarithm + entropy)
      }
    }
  }
}
