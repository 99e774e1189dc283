/// Who does what next: the decisions of the coordinator, without socket, clock or chance.
///
/// Feed it what happens, in order, with the time; carry out the orders it returns, in order. It
/// promises that each slice of each step is applied once, that steps are applied in their order,
/// and that whatever is lost on the way is asked for again. Steps are leased ahead: workers read
/// their rows, and ask for the parameters, before these are at the step's version.
public struct CoordinatorState: Sendable {
  /// Whether a step is being computed, committed, or everything has ended.
  enum Phase: Equatable, Sendable {
    case idle
    case computing
    case committing
    case ended(StopCode, String)
  }

  struct Member: Equatable, Sendable {
    var capacity: Int
    var lastSeen: Milliseconds
    /// Whether it has said anything since it was welcomed: before, it builds its network.
    var isReady = false
    var isDraining = false
    var pace = Pace()
    var load = Load()
    /// Slices that it has delivered, and how often.
    var delivered = 0
    var rate: RecentRate
  }

  /// What a worker holds of all open steps.
  struct Load: Equatable, Sendable {
    var units = 0
    var slices = 0
    /// Units that wait for the version of their step.
    var ahead = 0
  }

  static let farewell = "the worker was asked to leave"

  /// Its patience and limits.
  public let settings: CoordinatorSettings
  var members: [WorkerIdentity: Member] = [:]
  /// The members in the order in which they joined.
  var joined: [WorkerIdentity] = []
  /// The steps that are open, by number; the first is the one that is applied next.
  var steps: [StepUnits] = []
  /// How many steps the parameters have seen.
  var version: UInt64 = 0
  /// The steps below are settled.
  var firstOpen: UInt64 = 0
  var controllerVersion: UInt64 = 0
  /// When the parameters came to their version.
  var reachedAt: Milliseconds = 0
  var pulls: [WaitingPull] = []
  var phase = Phase.idle
  var counts = CoordinatorStatus.Counts()
  /// Workers that have left because they were asked to: they are told again if they come back.
  var drained: Set<WorkerIdentity> = []
  /// The first failure since the last step was committed, or the one that ended the run.
  public internal(set) var blame: Blame?
  /// The unit that ended the run because it failed wherever it was computed.
  public internal(set) var poisoned: Work?
  var now: Milliseconds = 0
  var orders: [CoordinatorOrder] = []

  /// A coordinator without workers before its first step.
  public init(_ settings: CoordinatorSettings) { self.settings = settings }

  /// Takes one event; returns what to do.
  public mutating func handle(
    _ event: CoordinatorEvent, at time: Milliseconds
  ) -> [CoordinatorOrder] {
    advance(to: time)
    switch event {
    case .hello(let worker, let fingerprint, let capacity):
      hello(worker, fingerprint, capacity)
    case .report(let worker, let generation, let capacity, let progress):
      if admit(worker, generation, nil) { report(worker, capacity, progress) }
    case .pull(let worker, let generation, let work, let attempt):
      if admit(worker, generation, work) { pull(worker, work, attempt) }
    case .push(let worker, let generation, let work, _, let origin):
      if admit(worker, generation, work) { push(worker, work, origin) }
    case .failure(let worker, let generation, let work, let sentence):
      if admit(worker, generation, work) { failure(worker, work, sentence) }
    case .bye(let worker, let reason):
      remove(worker, "left: \(reason)", countsAsFailure: false)
    case .lost(let worker):
      remove(worker, "was lost", countsAsFailure: true)
    case .tick:
      lookForSilence()
    }
    assign()
    return takeOrders()
  }

  /// Goes on once the parameters are at the version of `step`: after the commit of the step before,
  /// or at the start. Opens the steps from `step` on that may be leased, none beyond `last`.
  ///
  /// - Parameter controllerVersion: how often the controller has been updated.
  public mutating func beginStep(
    _ step: UInt64, sliceCount: Int, controllerVersion: UInt64, last: UInt64,
    at time: Milliseconds
  ) -> [CoordinatorOrder] {
    precondition(sliceCount > 0, "a step has at least one slice")
    precondition(
      phase == .idle || phase == .committing, "a step begins after the last is committed")
    precondition(phase == .idle || step == version + 1, "steps follow each other")
    precondition(step <= last, "a step beyond the last")
    advance(to: time)
    (version, firstOpen, self.controllerVersion) = (step, step, controllerVersion)
    (phase, reachedAt, blame) = (.computing, now, nil)
    var next = steps.last.map { $0.step + 1 } ?? step
    while next <= min(last, step + UInt64(settings.stepsAhead)) {
      steps.append(StepUnits(step: next, sliceCount: sliceCount))
      next += 1
    }
    for index in steps.indices where steps[index].step == step + settings.staleness {
      // Its pulls can be answered only now: the time before does not count.
      start(index)
    }
    answerPulls()
    assign()
    commitIfComplete()
    return takeOrders()
  }

  /// Ends the run; tells all workers, and those that come later.
  public mutating func finish(
    _ code: StopCode, _ sentence: String, at time: Milliseconds
  ) -> [CoordinatorOrder] {
    advance(to: time)
    end(code, sentence)
    return takeOrders()
  }

  /// Lets a worker finish what it holds and then stops it.
  public mutating func drain(_ worker: WorkerIdentity, at time: Milliseconds) -> [CoordinatorOrder]
  {
    advance(to: time)
    members[worker]?.isDraining = true
    assign()
    return takeOrders()
  }

  /// When `tick` is due next, at the latest; nil when nothing can become late. Looks at all that is
  /// held: ask once after several events.
  public var nextDeadline: Milliseconds? {
    // Who holds something is a member.
    guard let heard = members.values.lazy.map(\.lastSeen).min() else { return nil }
    // Often enough to notice that the coordinator itself was away (see `advance`).
    var due = min(now + settings.tickMilliseconds, heard + settings.silenceMilliseconds)
    for index in answerable {
      for holder in steps[index].units.lazy.flatMap(\.holders) {
        let late = holder.renewedAt + settings.leaseMilliseconds
        due = min(due, late > now ? late : holder.renewedAt + settings.stuckMilliseconds)
      }
    }
    return slownessDue.map { min(due, $0) } ?? due
  }

  /// For how many slices the parameters were 0, 1, 2, … steps old.
  public var staleness: [Int] { counts.staleness }

  /// Whether `work` is a unit of an open step.
  public func isUnit(_ work: Work) -> Bool { place(of: work) != nil }

  /// Whether `work` is a unit of an open step whose gradients are missing.
  public func isMissing(_ work: Work) -> Bool {
    place(of: work).map { !steps[$0.step].units[$0.unit].isApplied } ?? false
  }

  /// How many workers take part.
  public var workerCount: Int { joined.count }

  /// What there is to tell.
  public func status(at time: Milliseconds) -> CoordinatorStatus {
    let workers = joined.compactMap { worker in
      members[worker].map { member in
        CoordinatorStatus.Worker(
          identity: worker, capacity: member.capacity, isDraining: member.isDraining,
          holdings: holdings(of: worker, at: time), delivered: member.delivered,
          deliveredPerSecond: member.rate.perSecond(at: time),
          silentMilliseconds: time > member.lastSeen ? time - member.lastSeen : 0)
      }
    }
    return CoordinatorStatus(workers: workers, waitsFor: waitReason, counts: counts)
  }

  private func holdings(
    of worker: WorkerIdentity, at time: Milliseconds
  ) -> [CoordinatorStatus.Holding] {
    steps.flatMap { step in
      step.held(by: worker).compactMap { unit -> CoordinatorStatus.Holding? in
        guard let place = step.holder(worker, of: unit) else { return nil }
        let holder = step.units[unit].holders[place]
        return CoordinatorStatus.Holding(
          work: step.work(unit), attempt: holder.attempt,
          ageMilliseconds: time > holder.leasedAt ? time - holder.leasedAt : 0)
      }
    }
  }

  /// What the run waits for, in words.
  var waitReason: String {
    switch phase {
    case .idle: return "the first step"
    case .committing: return "the commit of step \(version)"
    case .ended(_, let sentence): return sentence
    case .computing: break
    }
    guard let step = steps.first, step.isCut else { return "step \(version): a worker" }
    let texts = step.units.filter { !$0.isApplied }.map { unit in
      let holders = unit.holders.map { shortName($0.worker) }
      return Work.text(unit.slices)
        + (holders.isEmpty ? " (no worker)" : " (\(holders.joined(separator: ", ")))")
    }
    return "step \(step.step): " + texts.joined(separator: ", ")
  }

  /// The open steps, as places in `steps`, whose pulls can be answered.
  var answerable: Range<Int> {
    phase == .computing ? 0..<(steps.firstIndex { !isAnswerable($0.step) } ?? steps.count) : 0..<0
  }

  /// Whether parameters at the present version may be used for `step`.
  func isAnswerable(_ step: UInt64) -> Bool { step <= version + settings.staleness }

  /// Moves the clock. When the coordinator itself was away, nobody else is to blame: all
  /// patience is extended by the gap.
  private mutating func advance(to time: Milliseconds) {
    guard time > now else { return }
    let gap = time - now
    if now > 0, gap > 2 * settings.tickMilliseconds {
      for worker in joined { members[worker]?.lastSeen += gap }
      for index in steps.indices { steps[index].postpone(by: gap) }
      reachedAt += gap
    }
    now = time
  }

  private mutating func takeOrders() -> [CoordinatorOrder] {
    defer { orders = [] }
    return orders
  }
}
