import Kernels
import Synchronization

/// The rows of a split, epoch after epoch, at any position: the core of all readers.
///
/// What is at (epoch, position) depends on the data set and the order alone. Thread-safe.
final class RowStream: Sendable {
  let rowsPerEpoch: Int
  private let dataset: Dataset
  private let split: Split
  private let order: RowOrder
  private let orders = Mutex<[(epoch: Int, order: EpochOrder)]>([])
  private let cache: WindowCache

  init(dataset: Dataset, split: Split, order: RowOrder) {
    self.dataset = dataset
    self.split = split
    self.order = order
    rowsPerEpoch = dataset.rowCount(of: split)
    let decoders = Decoders(dataset)
    cache = WindowCache { key throws(DataError) in
      let epoch = EpochOrder(dataset: dataset, split: split, order: order, epoch: key.epoch)
      return try Self.load(key.window, epoch, dataset, split, decoders)
    }
  }

  deinit { cache.stop() }

  /// Copies the rows at `positions` of an epoch to place `target` of `rows` and on.
  func read(
    epoch: Int, positions: Range<Int>, into rows: SliceRows, at target: Int
  ) throws(DataError) {
    precondition(
      positions.lowerBound >= 0 && positions.upperBound <= rowsPerEpoch,
      "positions outside the epoch")
    guard !positions.isEmpty else { return }
    let order = epochOrder(epoch)
    var position = positions.lowerBound
    var place = target
    while position < positions.upperBound {
      let window = order.window(at: position)
      let source = try cache.rows(.init(epoch: epoch, window: window))
      let first = position - order.windowStarts[window]
      let count = min(positions.upperBound, order.windowStarts[window + 1]) - position
      rows.copy(count, from: source, at: first, to: place)
      position += count
      place += count
      readAhead(epoch: epoch, window: window, of: order)
    }
  }

  private func readAhead(epoch: Int, window: Int, of order: EpochOrder) {
    if window + 1 < order.windowCount {
      cache.readAhead(.init(epoch: epoch, window: window + 1))
    } else if self.order != .sequential {
      cache.readAhead(.init(epoch: epoch + 1, window: 0))
    }
  }

  /// The order of an epoch; the last two are kept, for they are asked for again and again.
  private func epochOrder(_ epoch: Int) -> EpochOrder {
    orders.withLock { orders in
      if let known = orders.first(where: { $0.epoch == epoch }) { return known.order }
      let order = EpochOrder(dataset: dataset, split: split, order: order, epoch: epoch)
      orders = orders.suffix(1) + [(epoch, order)]
      return order
    }
  }

  private static func load(
    _ window: Int, _ epoch: EpochOrder, _ dataset: Dataset, _ split: Split, _ decoders: Decoders
  ) throws(DataError) -> SliceRows {
    let decoder = decoders.take()
    defer { decoders.give(decoder) }
    let count = epoch.windowStarts[window + 1] - epoch.windowStarts[window]
    let rows = SliceRows(capacity: count, fieldCount: dataset.manifest.fields.count)
    let places = epoch.places(in: window)
    var first = 0
    for group in epoch.groups(of: window) {
      try dataset.decode(group: group, of: split, with: decoder)
      decoder.scatter(places: places, from: first, into: rows)
      first += dataset.rowCount(ofGroup: group, in: split)
    }
    rows.count = count
    return rows
  }
}
