import Kernels

/// Serves any slice of any step of any epoch: a pure function of (data set, seed, epoch, step,
/// slice), whoever asks and in whatever order. Thread-safe; windows are decoded ahead.
///
/// Step s of an epoch has the positions s·B ..< min((s + 1)·B, rows); the last batch is smaller.
/// Slice i of a batch of n rows has its positions i·n/M ..< (i + 1)·n/M.
public final class SliceReader: Sendable {
  /// Whether epochs shuffle.
  public enum Order: Sendable {
    /// Every epoch has its own order, from the seed.
    case shuffled
    /// The order of the files, the same in every epoch: for evaluation.
    case sequential
  }

  /// Rows of a full batch, B.
  public let batchSize: Int
  /// Slices of a batch, M.
  public let slices: Int
  private let stream: RowStream

  /// Reads `split` in batches of `batchSize` rows cut into `slices` slices.
  public init(
    dataset: Dataset, split: Split, batchSize: Int, slices: Int, seed: UInt64, order: Order
  ) {
    precondition(batchSize >= 1 && slices >= 1, "a batch has at least one row and one slice")
    self.batchSize = batchSize
    self.slices = slices
    stream = RowStream(
      dataset: dataset, split: split,
      order: order == .shuffled ? .shuffled(seed: seed, purpose: .order) : .sequential)
  }

  /// How many rows an epoch has.
  public var rowsPerEpoch: Int { stream.rowsPerEpoch }

  /// How many steps an epoch has.
  public var stepsPerEpoch: Int { (rowsPerEpoch + batchSize - 1) / batchSize }

  /// The most rows that a slice has: capacity for `SliceRows`.
  public var maximumSliceRows: Int { (batchSize + slices - 1) / slices }

  /// The positions of a step's batch in the epoch.
  public func range(step: Int) -> Range<Int> {
    precondition(step >= 0 && step < stepsPerEpoch, "the epoch has no step \(step)")
    return step * batchSize..<min((step + 1) * batchSize, rowsPerEpoch)
  }

  /// The positions of a slice in the epoch; empty when the batch has fewer rows than slices.
  public func range(step: Int, slice: Int) -> Range<Int> {
    let batch = range(step: step)
    let inside = sliceRange(slice, of: slices, rows: batch.count)
    return batch.lowerBound + inside.lowerBound..<batch.lowerBound + inside.upperBound
  }

  /// Where the rows of neighbouring slices come from, for people: their positions in the epoch, and
  /// the groups that are shuffled there, by file.
  public func origin(epoch: Int, step: Int, slices: Range<Int>) -> String {
    precondition(!slices.isEmpty, "an origin is that of one slice at least")
    let first = range(step: step, slice: slices.lowerBound).lowerBound
    let end = range(step: step, slice: slices.upperBound - 1).upperBound
    guard first < end else { return "no rows" }
    return "positions \(first) to \(end - 1) of epoch \(epoch), from "
      + stream.origin(epoch: epoch, positions: first..<end)
  }

  /// Copies a slice into `rows`, which has room for it; throws for damaged shards, naming file and
  /// group.
  public func read(epoch: Int, step: Int, slice: Int, into rows: SliceRows) throws(DataError) {
    let positions = range(step: step, slice: slice)
    precondition(positions.count <= rows.capacity, "the slice has more rows than there is room for")
    try stream.read(epoch: epoch, positions: positions, into: rows, at: 0)
    rows.count = positions.count
  }
}

/// The rows i·n/M ..< (i + 1)·n/M of a batch of n rows that form slice i of M.
public func sliceRange(_ slice: Int, of slices: Int, rows: Int) -> Range<Int> {
  precondition(slice >= 0 && slice < slices, "the batch has no slice \(slice)")
  return slice * rows / slices..<(slice + 1) * rows / slices
}
