import Search

/// Sums of a slice as the list of numbers that a push carries: counts of both labels, loss, shares.
enum PushSums {
  /// The list for `sums`.
  static func list(_ sums: StrategySums) -> [Double] {
    sums.counts.map(Double.init) + [sums.loss] + sums.shares
  }

  /// The sums of `list`; nil when it does not fit `candidateCount` or is not plausible.
  static func sums(_ list: [Double], candidateCount: Int) -> StrategySums? {
    guard list.count == 3 + 2 * candidateCount, list.allSatisfy(\.isFinite) else { return nil }
    let counts = list[..<2].compactMap { UInt32(exactly: $0).map(Int.init) }
    guard counts.count == 2 else { return nil }
    return StrategySums(counts: counts, loss: list[2], shares: Array(list[3...]))
  }
}
