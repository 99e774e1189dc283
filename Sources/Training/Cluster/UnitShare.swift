import Kernels
import Messages

/// What one owner of parameters has to do with a unit that a worker holds: the rows it owns, its
/// answer to the pull, the gradients it gets.
///
/// Without servers the coordinator is the one owner of everything. Memory grows to the largest unit
/// seen and is then reused.
final class UnitShare {
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
  /// How many rows there are.
  private(set) var rowCount = 0
  private var checksum: UInt64 = 0
  private var ids = View<UInt32>(count: 0)
  /// For each row its place among the unit's different rows.
  private var places = View<Int32>(count: 0)
  private var numbers = Floats(count: 0)
  /// How often the unit has each row, where that is told.
  private var counts = Floats(count: 0)
  private let none = Floats(count: 0)
  private let width: Int
  private let isWhole: Bool
  private let codec: Codec

  /// A share of rows of `width` numbers; `isWhole` when the owner has all rows. Gradients are
  /// written by `codec`.
  init(
    width: Int, dense: Range<Int>, hasStatistics: Bool, isWhole: Bool, codec: Codec = .float32
  ) {
    self.isWhole = isWhole
    self.codec = codec
    self.dense = dense
    self.hasStatistics = hasStatistics
    self.width = width
  }

  /// Forgets the unit before; the next one has at most `capacity` different rows.
  func begin(capacity: Int) {
    rowCount = 0
    answer = nil
    isDelivered = false
    guard ids.count < capacity, !isWhole else { return }
    ids = View(count: capacity + capacity / 4)
    places = View(count: ids.count)
    numbers = Floats(count: ids.count * width)
  }

  /// Adds a row; ids ascend.
  func add(_ id: UInt32, place: Int) {
    ids[rowCount] = id
    places[rowCount] = Int32(place)
    rowCount += 1
  }

  /// Ends the list of rows.
  func end() { finish(ids.slice(0, rowCount)) }

  /// Takes all rows of the unit, whose memory stays as it is until the next unit.
  func take(all ids: View<UInt32>) {
    rowCount = ids.count
    finish(ids)
  }

  private func finish(_ ids: View<UInt32>) {
    pull = Pull(ids: ids)
    checksum = pull.checksum
  }

  /// Puts the owner's answer where the unit's computation finds it.
  func scatter(rows: Floats, dense target: Floats, statistics: Floats) {
    guard let answer else { preconditionFailure("a unit is computed without its rows") }
    if isWhole {
      answer.copy(.rows, into: rows.slice(0, rowCount * width))
    } else {
      let received = numbers.slice(0, rowCount * width)
      answer.copy(.rows, into: received)
      for row in 0..<rowCount {
        rows.slice(Int(places[row]) * width, width).copy(from: received.slice(row * width, width))
      }
    }
    answer.copy(.dense, into: target.slice(dense.lowerBound, dense.count))
    if hasStatistics { answer.copy(.statistics, into: statistics) }
  }

  /// The owner's part of the gradients of a unit.
  func push(_ sum: UnitSum, delivery: Delivery) -> Push {
    Push(
      idChecksum: checksum, idCount: rowCount, delivery: delivery, codec: codec,
      rowGradients: isWhole ? sum.rowGradients.slice(0, rowCount * width) : gather(sum),
      denseGradient: sum.denseGradient.slice(dense.lowerBound, dense.count),
      batchStatistics: hasStatistics ? sum.batchStatistics : none,
      occurrences: sum.occurrences.map { isWhole ? $0.slice(0, rowCount) : gather($0) })
  }

  private func gather(_ all: Floats) -> Floats {
    if counts.count < rowCount { counts = Floats(count: ids.count) }
    for row in 0..<rowCount { counts[row] = all[Int(places[row])] }
    return counts.slice(0, rowCount)
  }

  private func gather(_ sum: UnitSum) -> Floats {
    let gathered = numbers.slice(0, rowCount * width)
    for row in 0..<rowCount {
      gathered.slice(row * width, width)
        .copy(from: sum.rowGradients.slice(Int(places[row]) * width, width))
    }
    return gathered
  }
}

/// The gradients of a unit, summed over its slices in the fixed tree.
struct UnitSum {
  /// ∂L/∂rows, [different rows × row width], in the order of their ids.
  var rowGradients: Floats
  /// ∂L/∂dense.
  var denseGradient: Floats
  /// The sum of the slices' batch means and variances.
  var batchStatistics: Floats
  /// How often the unit has each row, where gradients are bounded by that.
  var occurrences: Floats?
}
