/// One coordinate of the points that a search draws; all coordinates lie in [0, 1].
public enum SearchAxis: Sendable, Equatable {
  /// Any number.
  case continuous
  /// So many values in their order; a coordinate is the middle of a value's cell.
  case ordered(Int)
  /// So many values of which none is nearer to another than a third; coordinates as before.
  case unordered(Int)

  /// The nearest coordinate that stands for a value.
  func snapped(_ coordinate: Double) -> Double {
    switch self {
    case .continuous: coordinate
    case .ordered(let count), .unordered(let count):
      (Double(Self.cell(coordinate, of: count)) + 0.5) / Double(count)
    }
  }

  /// Which of `count` values, from 0, a coordinate stands for.
  public static func cell(_ coordinate: Double, of count: Int) -> Int {
    min(max(Int(coordinate * Double(count)), 0), count - 1)
  }
}

extension RandomNumberGenerator {
  /// A uniform number in [0, 1), a multiple of 2⁻⁵³: the same on every platform.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
