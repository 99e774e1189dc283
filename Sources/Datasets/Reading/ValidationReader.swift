import Kernels

/// Serves validation batches to the controller: an endless sequence that goes through the split
/// again and again, in a new order each time.
///
/// Batch v has exactly B rows, at positions v·B ..< (v + 1)·B of the endless sequence; it is a pure
/// function of (data set, seed, v). Thread-safe.
public final class ValidationReader: Sendable {
  /// Rows of a batch, B.
  public let batchSize: Int
  /// Slices of a batch, M.
  public let slices: Int
  private let stream: RowStream

  /// Reads batches of `batchSize` rows cut into `slices` slices; traps when the split is empty.
  public init(
    dataset: Dataset, split: Split = .validation, batchSize: Int, slices: Int, seed: UInt64
  ) {
    precondition(batchSize >= 1 && slices >= 1, "a batch has at least one row and one slice")
    self.batchSize = batchSize
    self.slices = slices
    stream = RowStream(
      dataset: dataset, split: split,
      order: .shuffled(seed: seed, purpose: .validationOrder))
    precondition(stream.rowsPerEpoch > 0, "the split \(split.rawValue) has no rows")
  }

  /// The most rows that a slice has: capacity for `SliceRows`.
  public var maximumSliceRows: Int { (batchSize + slices - 1) / slices }

  /// Copies slice `slice` of batch `batch` into `rows`, which has room for it.
  public func read(batch: Int, slice: Int, into rows: SliceRows) throws(DataError) {
    let inside = sliceRange(slice, of: slices, rows: batchSize)
    precondition(inside.count <= rows.capacity, "the slice has more rows than there is room for")
    var place = 0
    while place < inside.count {
      let position = batch * batchSize + inside.lowerBound + place
      let (epoch, first) = position.quotientAndRemainder(dividingBy: stream.rowsPerEpoch)
      let count = min(inside.count - place, stream.rowsPerEpoch - first)
      try stream.read(epoch: epoch, positions: first..<first + count, into: rows, at: place)
      place += count
    }
    rows.count = inside.count
  }
}
