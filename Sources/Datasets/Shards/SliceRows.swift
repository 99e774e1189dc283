import Kernels

/// Rows ready for a model: global feature ids and labels, in reused memory.
@safe public final class SliceRows: Sendable {
  /// How many ids a row has: one for each field, or as many as a field's list may have.
  public let columnCount: Int
  /// How many rows there is room for.
  public let capacity: Int
  /// Row-major [rows × columns]: the field's offset plus the id inside the field; the ids of a list
  /// come first in its columns, the others are `StampTable.absent`.
  public let ids: View<UInt32>
  /// Label of each row: 0 or 1, or with K classes 0 … K − 1.
  public let labels: Floats
  private let filled = View<Int>(count: 1)

  /// Reserves room for `capacity` rows.
  public init(capacity: Int, columnCount: Int) {
    self.capacity = capacity
    self.columnCount = columnCount
    ids = View(count: capacity * columnCount)
    labels = Floats(count: capacity)
  }

  /// How many rows are filled.
  public internal(set) var count: Int {
    get { filled[0] }
    set { filled[0] = newValue }
  }

  /// Copies `count` rows from `first` of `source` on to place `target` of this one.
  func copy(_ count: Int, from source: SliceRows, at first: Int, to target: Int) {
    labels.slice(target, count).copy(from: source.labels.slice(first, count))
    ids.slice(target * columnCount, count * columnCount)
      .copy(from: source.ids.slice(first * columnCount, count * columnCount))
  }
}
