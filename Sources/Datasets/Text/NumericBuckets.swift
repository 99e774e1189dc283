import Glibc
import Kernels

/// The bucket rule of pytorch-fm for the integer fields of Criteo: v > 2 becomes ⌊(ln v)²⌋, in
/// double precision, and other values v − 2.
///
/// Double precision decides every edge up to 2³¹ with a margin of 6e-10.
/// Source: rixwew/pytorch-fm `torchfm/dataset/criteo.py`, `convert_numeric_feature`.
struct NumericBuckets: Sendable {
  private static let tableSize = 4096
  private let small = View<Int16>((0..<tableSize).map { Int16(NumericBuckets.definition($0)) })

  /// The token of a value.
  @inline(__always)
  func token(_ value: Int) -> Int {
    if value >= 0 && value < Self.tableSize { return Int(small[value]) }
    return Self.definition(value)
  }

  /// The slow definition.
  static func definition(_ value: Int) -> Int {
    guard value > 2 else { return value - 2 }
    let logarithm = log(Double(value))
    return Int((logarithm * logarithm).rounded(.down))
  }
}
