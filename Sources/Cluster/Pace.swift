/// How long a worker took for a slice lately, everything included: the way there and back as well.
struct Pace: Equatable, Sendable {
  /// Milliseconds a slice; nil while unknown.
  private(set) var milliseconds: Double?
  /// When it delivered last.
  private(set) var deliveredAt: Milliseconds = 0

  /// How much of the old estimate a new measurement leaves.
  private static let kept = 0.8
  /// An estimate that is so old is no longer believed: the worker gets another try.
  private static let lifetimeMilliseconds: Milliseconds = 10_000

  /// Takes note of `slices` slices that were delivered at `now` and could be begun at `began`.
  mutating func note(slices: Int, began: Milliseconds, now: Milliseconds) {
    let start = max(began, deliveredAt)
    let sample = max(0.5, Double(now > start ? now - start : 0)) / Double(slices)
    milliseconds = milliseconds.map { Self.kept * $0 + (1 - Self.kept) * sample } ?? sample
    deliveredAt = now
  }

  /// The estimate, unless it is too old.
  func estimate(at now: Milliseconds) -> Double? {
    now < deliveredAt + Self.lifetimeMilliseconds ? milliseconds : nil
  }

  /// How many of `count` slices each of several workers gets.
  ///
  /// Even shares, by the number of threads, unless the workers are so different that shares by
  /// their pace end much earlier: uneven shares mean more and smaller units.
  static func shares(
    of count: Int, threads: [Int], paces: [Double?]
  ) -> [Int] {
    let even = SliceTree.shares(of: count, times: threads.map { 1 / Double(max(1, $0)) })
    let known = paces.compactMap(\.self)
    guard !known.isEmpty else { return even }
    let mean = known.reduce(0, +) / Double(known.count)
    let times = paces.map { $0 ?? mean }
    let byPace = SliceTree.shares(of: count, times: times)
    func end(_ shares: [Int]) -> Double {
      shares.indices.map { Double(shares[$0]) * times[$0] }.max() ?? 0
    }
    return end(byPace) < 0.75 * end(even) ? byPace : even
  }
}
