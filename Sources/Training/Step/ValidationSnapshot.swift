import Kernels
import Optimization

/// What the controller's gradient is computed from, copied at one version of the parameters so that
/// steps can go on meanwhile. V itself is not copied: it does not move before the gradient is used.
///
/// All memory is reserved once.
final class ValidationSnapshot: Sendable {
  /// The rows of each slice of a validation batch, [different rows × row width].
  let rows: [Floats]
  /// The dense vector and the running statistics.
  let dense: Floats
  let statistics: Floats

  /// Memory for the validation batches of a run.
  init(_ parts: RunParts) {
    let sizes = parts.trainingSizes
    rows = (0..<parts.configuration.train.slices).map { _ in
      Floats(count: sizes.capacity * sizes.columnCount * sizes.rowWidth)
    }
    dense = Floats(count: sizes.denseCount)
    statistics = Floats(count: sizes.statisticsCount)
  }
}
