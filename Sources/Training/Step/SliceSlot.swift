import Datasets
import Kernels
import Optimization
import Search

/// One slice on its way through a step: its rows, then its gradients.
///
/// All memory is reserved once; threads hand a slot on from phase to phase.
final class SliceSlot {
  /// Feature ids and labels.
  let rows: SliceRows
  /// Which of the slice's different rows each feature uses, [rows × columns].
  let rowIndex: View<Int32>
  /// ∂L/∂rows, [different rows × row width], with room for the rows made of lists.
  let rowGradients: Floats
  /// ∂L/∂dense.
  let denseGradient: Floats
  /// The slice's batch means and variances.
  let batchStatistics: Floats
  /// The place of the slice's first row in the global batch, and the rows of that batch.
  private(set) var firstExample = 0
  private(set) var batchRows = 0
  /// What the strategy found in the slice.
  var sums: StrategySums
  private let uniqueIds: View<UInt32>
  private var uniqueCount = 0

  /// Memory of these sizes.
  init(_ sizes: SliceSlotSizes) {
    let features = sizes.capacity * sizes.columnCount
    rows = SliceRows(capacity: sizes.capacity, columnCount: sizes.columnCount)
    rowIndex = View(count: features)
    uniqueIds = View(count: features)
    rowGradients = Floats(count: sizes.capacity * sizes.rowsPerExample * sizes.rowWidth)
    denseGradient = Floats(count: sizes.denseCount)
    batchStatistics = Floats(count: sizes.statisticsCount)
    sums = sizes.noSums
  }

  /// The different rows of the slice, in the order of their first occurrence.
  var unique: View<UInt32> { uniqueIds.slice(0, uniqueCount) }

  /// Takes note of the slice's place and finds its different rows, after `rows` has been filled.
  func number(with index: SliceIndex, firstExample: Int, batchRows: Int) {
    index.index(rows.ids, features: rows.count * rows.columnCount, into: rowIndex)
    uniqueCount = index.count
    uniqueIds.slice(0, uniqueCount).copy(from: index.unique)
    self.firstExample = firstExample
    self.batchRows = batchRows
  }

  /// The gradients as the store takes them.
  var contribution: SliceContribution {
    SliceContribution(
      ids: unique, rowGradients: rowGradients, denseGradient: denseGradient,
      batchStatistics: batchStatistics, rows: rows.count)
  }
}
