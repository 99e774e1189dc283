/// How long a worker takes for a unit lately: the way there and back, and then each slice.
///
/// The two are kept apart, since a worker with few slices would else look slow: the way is the same
/// for one slice and for all.
struct Pace: Equatable, Sendable {
  /// Milliseconds for a unit.
  struct Estimate: Equatable, Sendable {
    /// Whatever does not grow with the unit: pull, push, and what happens to them.
    var trip: Double
    /// Computing one slice, by all threads together.
    var slice: Double

    /// Milliseconds for so many slices.
    func time(_ slices: Int) -> Double { slices > 0 ? trip + slice * Double(slices) : 0 }
  }

  private var known: Estimate?
  /// When the worker delivered last, or was found late.
  private(set) var deliveredAt: Milliseconds = 0
  /// For which step that was.
  private var deliveredStep: UInt64 = 0
  /// How long the estimate is believed of a worker that gets nothing.
  private var lifetime: Milliseconds = 0
  /// The step of which it got a little, to see whether the estimate still holds.
  private var trialStep: UInt64?
  private var count = 0

  /// How much of the old estimate a new measurement leaves.
  private static let kept = 0.8
  /// The shortest and longest time for which an estimate is believed: who got nothing for so long
  /// gets another try. In vain, it waits twice as long for the next.
  private static let lifetimes: ClosedRange<Milliseconds> = 250...20_000
  /// Shares by pace must end so much earlier than even ones.
  private static let worthwhile = 0.9

  /// Takes note of `slices` slices of `step` that were delivered at `now` and could be begun at
  /// `began`.
  ///
  /// - Parameter computing: how many milliseconds of that the worker computed; 0 when it does not
  ///   say.
  mutating func note(
    slices: Int, of step: UInt64, began: Milliseconds, now: Milliseconds, computing: Double = 0
  ) {
    let isFirst = deliveredAt <= began
    let elapsed = elapsed(since: max(began, deliveredAt), now)
    let computed = computing > 0 ? min(computing, elapsed) : elapsed
    let sample = Estimate(trip: elapsed - computed, slice: computed / Double(slices))
    // Later units of a step wait for those before them, and not for their rows.
    take(sample, step, began, now, withTrip: isFirst)
  }

  /// Takes note that others delivered `slices` slices of `step` at `now` that this worker could
  /// have begun at `began`: it needs longer than that.
  mutating func noteLate(
    slices: Int, of step: UInt64, began: Milliseconds, now: Milliseconds
  ) {
    let elapsed = elapsed(since: max(began, deliveredAt), now)
    guard elapsed > known?.time(slices) ?? 0 else {
      // Nothing new, but a trial in vain: the estimate may well be right.
      if isTrial(began, step) { believe(longer: true, step, began, now) }
      return
    }
    let slice = known?.slice ?? elapsed / Double(slices)
    let sample = Estimate(trip: max(0, elapsed - slice * Double(slices)), slice: slice)
    take(sample, step, began, now, withTrip: true)
  }

  private func elapsed(since start: Milliseconds, _ now: Milliseconds) -> Double {
    max(0.5, Double(now > start ? now - start : 0))
  }

  private mutating func take(
    _ sample: Estimate, _ step: UInt64, _ began: Milliseconds, _ now: Milliseconds, withTrip: Bool
  ) {
    let isTrial = isTrial(began, step)
    let isFaster = known.map { 2 * sample.time(1) < $0.time(1) } ?? false
    believe(longer: isTrial && !isFaster, step, began, now)
    count += 1
    // The first unit pays for whatever is done once, and the next few are as good as the estimate.
    guard var known, count > 2 else { return known = sample }
    let kept = isTrial ? 0.5 : min(Self.kept, 1 - 1 / Double(count - 1))
    known.slice = Self.mix(known.slice, sample.slice, kept: kept)
    if withTrip { known.trip = Self.mix(known.trip, sample.trip, kept: kept) }
    self.known = known
  }

  /// Believes the estimate again from `now` on: twice as long as before, or for a while that goes
  /// by what the unit took.
  private mutating func believe(
    longer: Bool, _ step: UInt64, _ began: Milliseconds, _ now: Milliseconds
  ) {
    let shortest = max(Self.lifetimes.lowerBound, 20 * (now > began ? now - began : 0))
    lifetime = min(longer ? 2 * lifetime : shortest, Self.lifetimes.upperBound)
    (deliveredStep, deliveredAt) = (max(deliveredStep, step), now)
    if trialStep.map({ $0 <= step }) ?? false { trialStep = nil }
  }

  private func isTrial(_ began: Milliseconds, _ step: UInt64) -> Bool {
    trialStep == step || isForgotten(at: began, step)
  }

  /// One that is late once is not slow: a measurement counts at most for twice what was expected.
  private static func mix(_ old: Double, _ new: Double, kept: Double) -> Double {
    kept * old + (1 - kept) * min(new, 2 * old + 1)
  }

  /// The estimate, unless the worker got nothing for so long that it is no longer believed; `step`
  /// is the one that is applied next.
  func estimate(at now: Milliseconds, _ step: UInt64) -> Estimate? {
    isForgotten(at: now, step) ? nil : known
  }

  /// Whether the estimate is old enough to be tried with a little work.
  func needsTrial(at now: Milliseconds, _ step: UInt64) -> Bool {
    known != nil && isForgotten(at: now, step)
  }

  /// Takes note that the worker gets a little of `step`; until that is back it gets no more.
  mutating func begin(trial step: UInt64) { trialStep = step }

  /// One that waits for others in a long step is not forgotten: it has delivered in one of the
  /// last few.
  private func isForgotten(at now: Milliseconds, _ step: UInt64) -> Bool {
    count > 0 && step > max(deliveredStep, trialStep ?? 0) + 2 && now >= deliveredAt + lifetime
  }

  /// How many of `count` slices each of several workers gets.
  ///
  /// Even shares, by the number of threads, unless the workers are so different that shares by
  /// their pace end much earlier: uneven shares mean more and smaller units. Who is on trial gets
  /// a slice for each thread, so that little is late if it is still slow.
  static func shares(
    of count: Int, threads: [Int], paces: [Estimate?], trials: [Bool] = []
  ) -> [Int] {
    let even = SliceTree.shares(
      of: count, times: threads.map { 1 / Double(max(1, $0)) })
    let others = threads.indices.filter { !trials.indices.contains($0) || !trials[$0] }
    if !others.isEmpty, others.count < threads.count {
      var shares = threads.indices.map { min(even[$0], max(1, threads[$0])) }
      for worker in others { shares[worker] = 0 }
      let rest = Self.shares(
        of: count - shares.reduce(0, +), threads: others.map { threads[$0] },
        paces: others.map { paces[$0] })
      for (worker, share) in zip(others, rest) { shares[worker] = share }
      return shares
    }
    let known = paces.compactMap(\.self)
    guard !known.isEmpty else { return even }
    let mean = Estimate(
      trip: known.reduce(0) { $0 + $1.trip } / Double(known.count),
      slice: known.reduce(0) { $0 + $1.slice } / Double(known.count))
    let all = paces.map { $0 ?? mean }
    let byPace = SliceTree.shares(
      of: count, times: all.map { max($0.slice, 1e-3) }, trips: all.map(\.trip))
    func end(_ shares: [Int]) -> Double {
      shares.indices.map { all[$0].time(shares[$0]) }.max() ?? 0
    }
    return end(byPace) < worthwhile * end(even) ? byPace : even
  }
}
