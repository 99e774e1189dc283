import Kernels

/// Which split each row belongs to: the row's place in a seeded permutation of all rows decides,
/// so the sizes are exact and no split sees the order of the input.
struct SplitPlan: Sendable {
  /// Rows of train, validation and test.
  let counts: [Int]
  private let permutation: Permutation

  /// Sizes follow torch's `random_split` as pytorch-fm calls it: ⌊N·0.8⌋, ⌊N·0.1⌋, the rest.
  init(rows: Int, fractions: [Double], seed: UInt64) {
    let train = Int(Double(rows) * fractions[0])
    let validation = min(Int(Double(rows) * fractions[1]), rows - train)
    counts = [train, validation, rows - train - validation]
    permutation = Permutation(count: rows, randomness: Randomness(seed: seed, purpose: .split))
  }

  /// The split of a row, as an index into `counts`.
  func split(of row: Int) -> Int {
    let place = permutation[row]
    return place < counts[0] ? 0 : place < counts[0] + counts[1] ? 1 : 2
  }
}
