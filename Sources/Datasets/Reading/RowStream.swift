import Kernels

/// The rows of a split, epoch after epoch, at any position: the core of all readers.
///
/// What is at (epoch, position) depends on the data set and the order alone. Thread-safe; allocates
/// nothing once the windows in use have their memory.
final class RowStream: Sendable {
  let rowsPerEpoch: Int
  private let order: RowOrder
  private let orders: EpochOrders
  private let cache: WindowCache
  private let dataset: Dataset
  private let split: Split

  init(dataset: Dataset, split: Split, order: RowOrder) {
    self.order = order
    (self.dataset, self.split) = (dataset, split)
    rowsPerEpoch = dataset.rowCount(of: split)
    let orders = EpochOrders(dataset: dataset, split: split, order: order)
    self.orders = orders
    let decoders = Decoders(dataset)
    let manifest = dataset.manifest
    let capacity = min(rowsPerEpoch, manifest.windowGroups * manifest.groupRows)
    let columnCount = dataset.columnCount
    cache = WindowCache(
      makeWindow: {
        WindowCache.Window(
          rows: SliceRows(capacity: capacity, columnCount: columnCount),
          places: View(count: order == .sequential ? 0 : capacity))
      },
      load: { key, window throws(DataError) in
        try Self.load(
          key.window, orders.order(of: key.epoch), dataset, split, decoders, into: window)
      })
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
    let order = orders.order(of: epoch)
    var position = positions.lowerBound
    var place = target
    while position < positions.upperBound {
      let window = order.window(at: position)
      let held = order.rows(of: window)
      let count = min(positions.upperBound, held.upperBound) - position
      try cache.withRows(.init(epoch: epoch, window: window)) { source in
        rows.copy(count, from: source, at: position - held.lowerBound, to: place)
      }
      position += count
      place += count
      readAhead(epoch: epoch, window: window, of: order)
    }
  }

  /// The groups that the rows at `positions` of an epoch are of, for people: those of the windows
  /// in which they are shuffled.
  func origin(epoch: Int, positions: Range<Int>) -> String {
    guard let last = positions.last else { return "no rows" }
    let order = orders.order(of: epoch)
    let windows = order.window(at: positions.lowerBound)...order.window(at: last)
    let groups = windows.flatMap { window in order.places(of: window).map { order.group(at: $0) } }
    return dataset.names(ofGroups: groups, in: split)
  }

  private func readAhead(epoch: Int, window: Int, of order: EpochOrder) {
    if window + 1 < order.windowCount {
      cache.readAhead(.init(epoch: epoch, window: window + 1))
    } else if self.order != .sequential {
      cache.readAhead(.init(epoch: epoch + 1, window: 0))
    }
  }

  private static func load(
    _ number: Int, _ order: EpochOrder, _ dataset: Dataset, _ split: Split, _ decoders: Decoders,
    into window: WindowCache.Window
  ) throws(DataError) {
    let decoder = decoders.take()
    defer { decoders.give(decoder) }
    let places = order.shuffle(number, into: window.places) ? window.places : nil
    var first = 0
    for place in order.places(of: number) {
      let group = order.group(at: place)
      try dataset.decode(group: group, of: split, with: decoder)
      decoder.scatter(places: places, from: first, into: window.rows)
      first += dataset.rowCount(ofGroup: group, in: split)
    }
    window.rows.count = first
  }
}
