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
      let factor = unsafe factor(gradient, weights: weights, part: part, count: count)
      for lane in part { unsafe target[lane] = gradient[lane] * factor }
    }
  }

  /// What bounds one part of the gradient of a row: 1 where it is short enough.
  @inline(__always)
  fileprivate func factor(
    _ gradient: UnsafePointer<Float>, weights: UnsafePointer<Float>, part: Range<Int>, count: Float
  ) -> Float {
    var (slope, weight) = (0.0, 0.0)
    for lane in part {
      slope += unsafe Double(gradient[lane]) * Double(gradient[lane])
      weight += unsafe Double(weights[lane]) * Double(weights[lane])
    }
    let length = slope.squareRoot()
    let limit = Double(count) * max(ratio * weight.squareRoot(), floor)
    return length > limit ? Float(limit / length) : 1
  }
}

extension RowKernel {
  /// Bounds gradients as the step after `version` would, for the rows of ids[range], which are left
  /// alone: row k of `gradients`, at `k · width`, is multiplied by what row k of `factors` then
  /// holds. `counts` tells how often the batch has each row.
  public func bound(
    _ table: Floats, ids: View<UInt32>, range: Range<Int>, version: Int, counts: Floats,
    gradients: Floats, factors: Floats
  ) {
    let width = layout.width
    precondition(
      range.upperBound * width <= min(gradients.count, factors.count)
        && range.upperBound <= counts.count, "no room for rows that are bounded")
    let segment = schedule.segment(ofStep: version)
    unsafe withCopy { scratch in
      unsafe forRows(table, ids, range) { row, entry in
        let target = unsafe factors.pointer + entry &* width
        unsafe target.update(repeating: 1, count: width)
        guard let clip else { return }
        let weights = unsafe caughtUp(row, version: version, segment, scratch: scratch)
        let gradient = unsafe gradients.pointer + entry &* width
        for part in clip.parts {
          let factor = unsafe clip.factor(
            gradient, weights: weights, part: part, count: counts[entry])
          for lane in part {
            unsafe gradient[lane] *= factor
            unsafe target[lane] = factor
          }
        }
      }
    }
  }
}
