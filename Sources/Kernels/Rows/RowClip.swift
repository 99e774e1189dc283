/// CowClip: bounds the gradient of each part of a row by the length of the part's weights and by
/// how often the batch has the row's value.
///
///     g ← g · min(1, n · max(r · ‖w‖, ζ) / ‖g‖)
///
/// n counts over the whole batch, however it is cut into slices; w are the weights before the step.
/// Weight decay comes after and is not bounded. Source: Zheng et al., "CowClip: Reducing CTR
/// Prediction Model Training Time from 12 Hours to 10 Minutes on 1 GPU", AAAI 2023, algorithm 1.
public struct RowClip: Sendable, Equatable {
  /// r: the length of a gradient for each occurrence, as a multiple of that of the weights.
  public var ratio: Double
  /// ζ: the least length for each occurrence, whatever the weights are.
  public var floor: Double
  /// The stretches of a row that are bounded each by itself: an embedding, a first-order weight.
  public var parts: [Range<Int>]

  /// Bounds these parts of rows.
  public init(ratio: Double, floor: Double, parts: [Range<Int>]) {
    precondition(ratio >= 0 && floor >= 0, "a negative length is no bound")
    self.ratio = ratio
    self.floor = floor
    self.parts = parts
  }

  /// Writes to `target` the gradient of a row that the batch has `count` times.
  @inline(__always)
  func bound(
    _ gradient: UnsafePointer<Float>, weights: UnsafePointer<Float>, count: Float,
    into target: UnsafeMutablePointer<Float>
  ) {
    for part in parts {
      var (slope, weight) = (0.0, 0.0)
      for lane in part {
        slope += unsafe Double(gradient[lane]) * Double(gradient[lane])
        weight += unsafe Double(weights[lane]) * Double(weights[lane])
      }
      let length = slope.squareRoot()
      let limit = Double(count) * max(ratio * weight.squareRoot(), floor)
      let factor = length > limit ? Float(limit / length) : 1
      for lane in part { unsafe target[lane] = gradient[lane] * factor }
    }
  }
}
