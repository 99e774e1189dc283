import Kernels

/// In which order an epoch visits the rows of a split.
public enum RowOrder: Sendable, Equatable {
  /// The order of the files.
  case sequential
  /// Row groups permuted per epoch, then rows permuted inside each window of consecutive groups:
  /// a function of seed, purpose and epoch.
  case shuffled(seed: UInt64, purpose: Purpose)
}

/// The order of one epoch: which groups form which window, and where windows begin.
struct EpochOrder: Sendable {
  /// The split's groups in the order of the epoch.
  let groups: [Int]
  /// Position in the epoch of the first row of each window, and the number of all rows.
  let windowStarts: [Int]
  private let windowGroups: Int
  private let randomness: Randomness?

  init(dataset: Dataset, split: Split, order: RowOrder, epoch: Int) {
    let count = dataset.groupCount(of: split)
    windowGroups = dataset.manifest.windowGroups
    switch order {
    case .sequential:
      groups = Array(0..<count)
      randomness = nil
    case .shuffled(let seed, let purpose):
      let stream = Randomness(seed: seed, purpose: purpose, step: UInt64(epoch))
      let permutation = Permutation(count: count, randomness: stream)
      groups = (0..<count).map { permutation[$0] }
      randomness = stream
    }
    var starts: [Int] = []
    var rows = 0
    for (place, group) in groups.enumerated() {
      if place % windowGroups == 0 { starts.append(rows) }
      rows += dataset.rowCount(ofGroup: group, in: split)
    }
    windowStarts = starts + [rows]
  }

  var windowCount: Int { windowStarts.count - 1 }

  /// The window that holds a position of the epoch.
  func window(at position: Int) -> Int {
    // All windows but the one with the short group are equal, so the guess is at most one off.
    var window = min(position / max(windowStarts[1], 1), windowCount - 1)
    while windowStarts[window] > position { window -= 1 }
    while windowStarts[window + 1] <= position { window += 1 }
    return window
  }

  /// The groups of a window.
  func groups(of window: Int) -> ArraySlice<Int> {
    groups[window * windowGroups..<min(groups.count, (window + 1) * windowGroups)]
  }

  /// Where each row of a window goes, or nil when rows stay in their order: a shuffle by
  /// Fisher and Yates.
  func places(in window: Int) -> View<UInt32>? {
    guard let randomness else { return nil }
    let count = windowStarts[window + 1] - windowStarts[window]
    let places = View<UInt32>(count: count)
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
    return places
  }
}
