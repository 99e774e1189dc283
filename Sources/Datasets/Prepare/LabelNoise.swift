import Kernels

/// Labels that are made wrong on purpose, to study what training makes of them.
///
/// Which rows it hits is a pure function of the seed and the row's number in the input; with equal
/// shares the same rows of every data set made from the same input.
public struct LabelNoise: Sendable, Equatable, Codable {
  /// For each label the share of its rows whose label becomes another one, any of the others alike.
  /// Labels beyond the list keep theirs.
  public var shares: [Double]
  /// The splits whose labels are touched.
  public var splits: [Split]

  /// Noise; see the properties.
  public init(shares: [Double], splits: [Split]) {
    (self.shares, self.splits) = (shares, splits)
  }

  /// Why it cannot be done with labels of so many classes; nil if it can.
  public func problem(classes: Int) -> String? {
    if shares.count > classes { return "label \(shares.count - 1) is not one of \(classes)" }
    if let share = shares.first(where: { !(0...1).contains($0) }) {
      return "\(share) is no share of rows, which is 0 to 1"
    }
    return nil
  }

  /// What the label of row `row` of the input becomes; `randomness` is of the purpose `labelNoise`.
  func label(_ label: UInt8, row: Int, classes: Int, _ randomness: Randomness) -> UInt8 {
    guard Int(label) < shares.count else { return label }
    let words = randomness.words(example: row, block: 0)
    guard Double(words.x) * 0x1p-32 < shares[Int(label)] else { return label }
    let other = UInt8((UInt64(words.y) * UInt64(classes - 1)) >> 32)
    return other < label ? other : other + 1
  }
}
