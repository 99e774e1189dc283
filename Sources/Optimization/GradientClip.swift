/// How the gradients of rows are bounded in large batches, as `Kernels.RowClip` explains.
public struct GradientClip: Sendable, Equatable {
  /// The length of a part's gradient for each occurrence of the row, as a multiple of the length of
  /// its weights.
  public var ratio: Double
  /// The least length for each occurrence.
  public var floor: Double

  /// Bounds gradients; both are at least 0.
  public init(ratio: Double, floor: Double) {
    self.ratio = ratio
    self.floor = floor
  }
}
