import Glibc

/// How the numbers of a field become buckets.
enum NumberRule: Sendable, Equatable {
  /// pytorch-fm's rule: ⌊(ln v)²⌋ above 2, else ⌊v⌋ − 2.
  case logSquare
  /// The n-th bucket begins at n times the width.
  case width(Double)
  /// The n-th bucket begins at the n-th of these numbers; below the first is bucket 0.
  case edges([Double])

  /// The rule of a field.
  init(_ field: TableSchema.Field) {
    self = field.edges.map { .edges($0) } ?? field.width.map { .width($0) } ?? .logSquare
  }

  /// The bucket of a finite number; nil if it is too large to have one.
  func bucket(_ value: Double) -> Int? {
    switch self {
    case .logSquare:
      guard value > 2 else { return Self.whole(value.rounded(.down) - 2) }
      let logarithm = log(value)
      return Self.whole((logarithm * logarithm).rounded(.down))
    case .width(let width): return Self.whole((value / width).rounded(.down))
    case .edges(let edges): return countNotAbove(value, in: edges)
    }
  }

  private static func whole(_ value: Double) -> Int? {
    abs(value) < 0x1p53 ? Int(value) : nil
  }
}

/// How many of these ascending numbers are not above `value`.
func countNotAbove<Number: Comparable>(_ value: Number, in ascending: [Number]) -> Int {
  var (low, high) = (0, ascending.count)
  while low < high {
    let middle = (low + high) / 2
    if ascending[middle] <= value { low = middle + 1 } else { high = middle }
  }
  return low
}

/// The finite decimal number that these bytes spell, or nil. The byte after them is no part of a
/// number.
func decimal(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> Double? {
  // Most numbers are short and whole.
  if let whole = unsafe wholeNumber(base, range) { return Double(whole) }
  guard (1...64).contains(range.count) else { return nil }
  for place in range {
    switch unsafe base[place] {
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      continue
    default: return nil
    }
  }
  let start = unsafe (base + range.lowerBound).chars
  var end: UnsafeMutablePointer<CChar>?
  let value = unsafe strtod(start, &end)
  guard let end = unsafe end, unsafe UnsafePointer(end) == start + range.count else { return nil }
  return value.isFinite ? value : nil
}

/// The whole number from 0 on that these bytes spell in at most ten digits, or nil.
func wholeNumber(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
  guard (1...10).contains(range.count) else { return nil }
  var value = 0
  for place in range {
    let digit = unsafe base[place] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    value = value * 10 + Int(digit)
  }
  return value
}
