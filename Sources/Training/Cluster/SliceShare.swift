import Cluster
import Kernels
import Messages
import Optimization

/// What one owner of parameters has to do with a slice that a worker holds: the rows it owns, its
/// answer to the pull, the gradients it gets.
///
/// Memory is reserved once. Without servers the coordinator is the one owner of everything.
final class SliceShare {
  /// The owner's stretch of the dense vector.
  let dense: Range<Int>
  /// Whether the owner has the batch-norm statistics.
  let hasStatistics: Bool
  /// The rows that are pulled.
  private(set) var pull = Pull(ids: View(count: 0))
  /// What the owner answered.
  var answer: Parameters?
  /// Whether the owner has the gradients.
  var isDelivered = false
  private let ids: View<UInt32>
  /// For each row its place among the slice's different rows.
  private let places: View<Int32>
  private let width: Int
  private let isWhole: Bool
  private let numbers: Floats
  private var count = 0

  /// Room for `capacity` rows of `width` numbers; `isWhole` when the owner has all rows.
  init(capacity: Int, width: Int, dense: Range<Int>, hasStatistics: Bool, isWhole: Bool) {
    self.isWhole = isWhole
    self.dense = dense
    self.hasStatistics = hasStatistics
    self.width = width
    ids = View(count: capacity)
    places = View(count: capacity)
    numbers = Floats(count: isWhole ? 0 : capacity * width)
  }

  /// Forgets the slice before.
  func begin() {
    count = 0
    answer = nil
    isDelivered = false
  }

  /// Adds a row; ids ascend.
  func add(_ id: UInt32, place: Int) {
    ids[count] = id
    places[count] = Int32(place)
    count += 1
  }

  /// Ends the list of rows.
  func end() { pull = Pull(ids: ids.slice(0, count)) }

  /// How many rows there are.
  var rowCount: Int { count }

  /// Puts the owner's answer where the slice's computation finds it.
  func scatter(rows: Floats, dense target: Floats, statistics: Floats) {
    guard let answer else { preconditionFailure("a slice is computed without its rows") }
    if isWhole {
      answer.copy(.rows, into: rows.slice(0, count * width))
    } else {
      let received = numbers.slice(0, count * width)
      answer.copy(.rows, into: received)
      for row in 0..<count {
        rows.slice(Int(places[row]) * width, width).copy(from: received.slice(row * width, width))
      }
    }
    answer.copy(.dense, into: target.slice(dense.lowerBound, dense.count))
    if hasStatistics { answer.copy(.statistics, into: statistics) }
  }

  /// The owner's part of the gradients of a slice.
  func push(_ slice: SliceSlot, controllerVersion: UInt64, sums: [Double]) -> Push {
    let gathered = isWhole ? slice.rowGradients.slice(0, count * width) : gather(slice)
    return Push(
      idChecksum: pull.checksum, idCount: count, controllerVersion: controllerVersion, sums: sums,
      rowGradients: gathered,
      denseGradient: slice.denseGradient.slice(dense.lowerBound, dense.count),
      batchStatistics: hasStatistics ? slice.batchStatistics : Floats(count: 0))
  }

  private func gather(_ slice: SliceSlot) -> Floats {
    let gathered = numbers.slice(0, count * width)
    for row in 0..<count {
      gathered.slice(row * width, width)
        .copy(from: slice.rowGradients.slice(Int(places[row]) * width, width))
    }
    return gathered
  }
}
