import Kernels

/// Which rows a step touches, and where each slice keeps them.
///
/// Made ahead of time from the slices' lists of different rows, in time linear in their length.
/// Memory grows to the largest step seen and is then reused.
public final class StepPlan: @unchecked Sendable {
  /// M, the number of slices.
  public let slices: Int
  /// How many different rows the step touches.
  public private(set) var count = 0
  /// Room for the rows; the first `count` are meant, in the order of their first occurrence over
  /// slices 0, 1, ….
  public private(set) var ids: View<UInt32>
  /// For row k and slice i at `k · slices + i` the row's place in the slice's list, or −1.
  public private(set) var positions: View<Int32>
  /// Has numbered the rows of the step last, unless another plan shares it.
  let stamps: StampTable

  /// Plans for ids under `rowCount` and M slices.
  public convenience init(rowCount: Int, slices: Int) {
    self.init(stamps: StampTable(idCount: rowCount), slices: slices)
  }

  /// A plan that shares a stamp table with others made by the same thread.
  public init(stamps: StampTable, slices: Int) {
    precondition(slices > 0, "a step needs at least one slice")
    self.slices = slices
    self.stamps = stamps
    ids = View(count: 0)
    positions = View(count: 0)
  }

  /// Plans a step; `lists[i]` holds the different rows of slice i, and is empty where the slice is.
  public func make(_ lists: [View<UInt32>]) {
    precondition(lists.count == slices, "a plan needs one list for each slice")
    let total = lists.reduce(0) { $0 + $1.count }
    if total > ids.count {
      ids = View(count: total + total / 2)
      positions = View(count: ids.count * slices)
    }
    count = stamps.merge(lists, unique: ids, positions: positions)
  }

  /// The rows of chunk `chunk` of `chunks`, as places in `ids`.
  public func range(chunk: Int, of chunks: Int) -> Range<Int> {
    ChunkRange.range(count: count, chunk: chunk, of: chunks)
  }
}
