import Messages

/// How old the parameters were that slices were computed from.
public struct Staleness: Sendable, Codable, Equatable {
  /// Steps, on average over slices.
  public var mean: Double
  /// Steps, at most.
  public var most: Int
  /// Over how many slices; nil in what earlier versions wrote.
  public var slices: Int?

  /// The figures of a histogram: for how many slices the parameters were 0, 1, 2, … steps old; nil
  /// when there were no slices.
  public init?(_ slices: [Int]) {
    let total = slices.reduce(0, +)
    guard total > 0 else { return nil }
    mean = Double(slices.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / Double(total)
    most = slices.lastIndex { $0 > 0 } ?? 0
    self.slices = total
  }

  /// The histogram of two stretches of a run.
  static func sum(_ some: [Int], _ others: [Int]) -> [Int] {
    (0..<max(some.count, others.count)).map { age in
      (age < some.count ? some[age] : 0) + (age < others.count ? others[age] : 0)
    }
  }
}

extension RunConfiguration.Cluster {
  /// How many steps old the parameters may be that a step is computed from.
  ///
  /// Without a bound, memory still sets one: gradients of that many steps may wait for each other.
  var oldestParameters: UInt64 {
    switch mode {
    case .sync: 0
    case .bounded: UInt64(staleness)
    case .async: UInt64(WireLimits.staleness)
    }
  }
}
