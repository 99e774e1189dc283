import Kernels

/// The different rows of a slice and which of them each feature uses.
///
/// Numbers rows in the order of their first occurrence by a stamp table; nothing is sorted, hashed
/// or allocated. One per compute thread.
public final class SliceIndex {
  /// The different rows; the first `count` are meant.
  public let uniqueIds: View<UInt32>
  /// How many different rows the slice has.
  public private(set) var count = 0
  private let stamps: StampTable

  /// An index for slices of at most `maximumIds` features over ids under `rowCount`.
  public init(rowCount: Int, maximumIds: Int) {
    uniqueIds = View(count: maximumIds)
    stamps = StampTable(idCount: rowCount)
  }

  /// The different rows, just as many as there are.
  public var unique: View<UInt32> { uniqueIds.slice(0, count) }

  /// Indexes the first `features` of `ids` ([examples × fields], global rows): writes to
  /// `rowIndex`, for each, the place of its row in `unique`.
  public func index(_ ids: View<UInt32>, features: Int, into rowIndex: View<Int32>) {
    count = stamps.number(ids, count: features, index: rowIndex, unique: uniqueIds)
  }

  /// Merges lists of rows, each without repetition, as `StampTable.merge` does; the slice that was
  /// indexed last stays as it is.
  public func merge(
    _ lists: [View<UInt32>], unique: View<UInt32>, positions: View<Int32>
  ) -> Int {
    stamps.merge(lists, unique: unique, positions: positions)
  }
}
