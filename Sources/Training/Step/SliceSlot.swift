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
  /// How often the slice has each of its different rows, where that is asked for.
  let occurrences: Floats?
  private let uniqueIds: View<UInt32>
  private var uniqueCount = 0

  /// Memory of these sizes.
  init(_ sizes: SliceSlotSizes) {
    let features = sizes.capacity * sizes.columnCount
    rows = SliceRows(capacity: sizes.capacity, columnCount: sizes.columnCount)
    rowIndex = View(count: features)
    uniqueIds = View(count: features)
    occurrences = sizes.countsOccurrences ? Floats(count: features) : nil
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
    guard let occurrences else { return }
    occurrences.slice(0, uniqueCount).fill(0)
    for feature in 0..<rows.count * rows.columnCount where rowIndex[feature] >= 0 {
      occurrences[Int(rowIndex[feature])] += 1
    }
  }

  /// The gradients as the store takes them.
  var contribution: SliceContribution {
    SliceContribution(
      ids: unique, rowGradients: rowGradients, occurrences: occurrences,
      denseGradient: denseGradient, batchStatistics: batchStatistics, rows: rows.count)
  }
}
