import Kernels

/// What one slice, or a complete subtree of slices summed in the fixed tree, gives to a step.
public struct SliceContribution: Sendable {
  /// The different rows of the slice.
  public var ids: View<UInt32>
  /// Their gradients, [ids.count × row width].
  public var rowGradients: Floats
  /// How often the slice has each of its rows, where gradients are bounded by that.
  public var occurrences: Floats?
  /// The gradient of the dense vector.
  public var denseGradient: Floats
  /// The slice's batch means and unbiased variances, or their sum over the subtree.
  public var batchStatistics: Floats
  /// How many examples it covers; 0 for a slice without any, which is left out of all sums.
  public var rows: Int
  /// How many slices with examples it covers: 1, or more for a subtree given as its first slice.
  public var sliceCount: Int

  /// The contribution of one slice (`sliceCount` 1) or of a subtree.
  public init(
    ids: View<UInt32>, rowGradients: Floats, occurrences: Floats? = nil, denseGradient: Floats,
    batchStatistics: Floats, rows: Int, sliceCount: Int = 1
  ) {
    self.ids = ids
    self.rowGradients = rowGradients
    self.occurrences = occurrences
    self.denseGradient = denseGradient
    self.batchStatistics = batchStatistics
    self.rows = rows
    self.sliceCount = sliceCount
  }
}

/// A gradient that would poison the parameters.
public struct GradientError: Error, Equatable, CustomStringConvertible {
  /// Where the number stands that is infinite or not a number.
  public enum Place: Sendable, Equatable {
    /// In the gradient of a row.
    case row(id: UInt32, lane: Int)
    /// In the gradient of the dense vector, in the part of this name.
    case dense(index: Int, part: String)
    /// In the batch statistics.
    case statistic(index: Int)
  }

  /// The step the gradient was made for, from 0.
  public let step: Int
  /// The slice it came from.
  public let slice: Int
  /// Where it stands.
  public let place: Place

  /// What is not finite, as the subject of a sentence; `row` names a row.
  public func spot(_ row: (UInt32) -> String = { "row \($0)" }) -> String {
    switch place {
    case .row(let id, let lane): "the gradient of \(row(id)), lane \(lane),"
    case .dense(let index, let part): "the gradient of \(part) (element \(index))"
    case .statistic(let index): "batch statistic \(index)"
    }
  }

  /// What happened, where, and what to do.
  public var description: String {
    "step \(step), slice \(slice): \(spot()) is not finite; nothing of this step was applied. "
      + "Lower the learning rate, or resume from the last checkpoint."
  }
}
