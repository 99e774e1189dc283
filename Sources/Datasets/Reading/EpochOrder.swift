import Kernels
import Synchronization

/// In which order an epoch visits the rows of a split.
public enum RowOrder: Sendable, Equatable {
  /// The order of the files.
  case sequential
  /// Row groups permuted per epoch, then rows permuted inside each window of consecutive groups:
  /// a function of seed, purpose and epoch.
  case shuffled(seed: UInt64, purpose: Purpose)
}

/// The order of one epoch: which groups form which window, and where windows begin.
///
/// A value without memory of its own: everything is computed when it is asked for.
struct EpochOrder: Sendable {
  /// How many groups and windows there are.
  let groupCount: Int
  let windowCount: Int
  private let rowCount: Int
  private let windowGroups: Int
  private let windowRows: Int
  /// The place in the epoch of the split's last group, and how many rows it lacks.
  private let shortPlace: Int
  private let missingRows: Int
  private let shuffle: (groups: Permutation, rows: Randomness)?

  init(dataset: Dataset, split: Split, order: RowOrder, epoch: Int) {
    groupCount = dataset.groupCount(of: split)
    rowCount = dataset.rowCount(of: split)
    windowGroups = dataset.manifest.windowGroups
    windowRows = windowGroups * dataset.manifest.groupRows
    windowCount = (groupCount + windowGroups - 1) / windowGroups
    missingRows = groupCount * dataset.manifest.groupRows - rowCount
    let last = groupCount - 1
    switch order {
    case .sequential:
      shuffle = nil
      shortPlace = last
    case .shuffled(let seed, let purpose):
      let stream = Randomness(seed: seed, purpose: purpose, step: UInt64(epoch))
      let groups = Permutation(count: groupCount, randomness: stream)
      shuffle = (groups, stream)
      shortPlace = (0..<groupCount).first { groups[$0] == last } ?? last
    }
  }

  /// The group at a place of the epoch.
  func group(at place: Int) -> Int { shuffle?.groups[place] ?? place }

  /// The places of the groups of a window.
  func places(of window: Int) -> Range<Int> {
    window * windowGroups..<min(groupCount, (window + 1) * windowGroups)
  }

  /// Position in the epoch of the first row of a window, and the number of all rows for the window
  /// after the last.
  func start(of window: Int) -> Int {
    if window >= windowCount { return rowCount }
    return window * windowRows - (shortPlace < window * windowGroups ? missingRows : 0)
  }

  /// The positions of the rows of a window.
  func rows(of window: Int) -> Range<Int> { start(of: window)..<start(of: window + 1) }

  /// The window that holds a position of the epoch.
  func window(at position: Int) -> Int {
    // All windows are full, but the last and the one with the short group. So windows begin where
    // full ones would or, behind the short group, less than a window earlier.
    let guess = min(position / windowRows, windowCount - 1)
    return start(of: guess + 1) <= position ? guess + 1 : guess
  }

  /// Writes where each row of a window goes, a shuffle by Fisher and Yates; false when rows stay in
  /// their order.
  func shuffle(_ window: Int, into places: View<UInt32>) -> Bool {
    guard let randomness = shuffle?.rows else { return false }
    let count = rows(of: window).count
    for row in 0..<count { places[row] = UInt32(row) }
    var words = SIMD4<UInt32>()
    // The high bit keeps these numbers apart from those of the groups' permutation.
    let example = window | 1 << 33
    for step in 0..<max(count - 1, 0) {
      if step & 3 == 0 { words = randomness.words(example: example, block: step >> 2) }
      let left = count - step
      let choice = step + Int((UInt64(words[step & 3]) &* UInt64(left)) >> 32)
      (places[step], places[choice]) = (places[choice], places[step])
    }
    return true
  }
}

/// The orders of a split's epochs; the last two are kept, for they are asked for again and again.
/// Thread-safe.
final class EpochOrders: Sendable {
  private typealias Known = (epoch: Int, order: EpochOrder)
  private let make: @Sendable (Int) -> EpochOrder
  private let known = Mutex<(newest: Known?, other: Known?)>((nil, nil))

  init(dataset: Dataset, split: Split, order: RowOrder) {
    make = { EpochOrder(dataset: dataset, split: split, order: order, epoch: $0) }
  }

  /// The order of an epoch.
  func order(of epoch: Int) -> EpochOrder {
    known.withLock { known in
      if let newest = known.newest, newest.epoch == epoch { return newest.order }
      if let other = known.other, other.epoch == epoch { return other.order }
      let order = make(epoch)
      known = ((epoch, order), known.newest)
      return order
    }
  }
}
