import Kernels

/// Which split each row belongs to, by a seeded draw, so that no split sees the order of the input.
///
/// Where the number of rows is known, the row's place in a permutation of all rows decides, and
/// sizes are exact; else a number drawn for each row does, and sizes are close.
struct SplitPlan: Sendable {
  /// Rows of train, validation and test, if they are known.
  let counts: [Int]?
  private let fractions: [Double]
  private let permutation: Permutation?
  private let randomness: Randomness

  /// Shares may miss a sum of 1 by so much.
  static let rounding = 1e-9

  /// Sizes follow torch's `random_split` as pytorch-fm calls it: ⌊N·0.8⌋, ⌊N·0.1⌋, the rest. Where
  /// train and validation have it all, test has nothing.
  init(rows: Int?, fractions: [Double], seed: UInt64) {
    let isWhole = fractions[0] + fractions[1] > 1 - Self.rounding
    self.fractions = isWhole ? [fractions[0], 1] : fractions
    randomness = Randomness(seed: seed, purpose: .split)
    guard let rows else {
      counts = nil
      permutation = nil
      return
    }
    let train = Int(Double(rows) * fractions[0])
    let validation = min(Int(Double(rows) * self.fractions[1]), rows - train)
    counts = [train, validation, rows - train - validation]
    permutation = Permutation(count: rows, randomness: randomness)
  }

  /// The split of a row: 0 train, 1 validation, 2 test.
  func split(of row: Int) -> Int {
    if let permutation, let counts {
      let place = permutation[row]
      return place < counts[0] ? 0 : place < counts[0] + counts[1] ? 1 : 2
    }
    let drawn = Double(randomness.word(example: row, lane: 0)) * 0x1p-32
    return drawn < fractions[0] ? 0 : drawn < fractions[0] + fractions[1] ? 1 : 2
  }
}
