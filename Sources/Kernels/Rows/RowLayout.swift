/// Where the parts of a parameter row lie: [weights | state 0 | state 1 … | last step | padding].
///
/// Rows are whole cache lines, so that a row is never shared by two lines of different owners.
public struct RowLayout: Sendable, Equatable {
  /// How many weights a row has.
  public let width: Int
  /// How many optimizer numbers belong to each weight.
  public let stateCount: Int
  /// The distance from one row to the next, in numbers; a multiple of 16 (64 bytes).
  public let stride: Int

  /// The layout of rows of `width` weights.
  public init(width: Int, stateCount: Int) {
    precondition(width > 0, "a row needs at least one weight")
    precondition(stateCount >= 0, "a row cannot have \(stateCount) states")
    self.width = width
    self.stateCount = stateCount
    let used = width * (1 + stateCount) + 1
    stride = (used + 15) / 16 * 16
  }

  /// Where in a row the version up to which it is computed stands, as the bits of a UInt32.
  public var lastStepOffset: Int { width * (1 + stateCount) }
}
