/// Who does what next: the decisions of the coordinator, without socket, clock or chance.
///
/// Feed it what happens, in order, with the time; carry out the orders it returns, in order. It
/// promises that each slice of each step is applied once, that steps follow each other, and that
/// whatever is lost on the way is asked for again.
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
    /// Slices that it has delivered, and how often.
    var delivered = 0
    var rate: RecentRate
  }

  static let farewell = "the worker was asked to leave"

  let settings: CoordinatorSettings
  var members: [WorkerIdentity: Member] = [:]
  /// The members in the order in which they joined.
  var joined: [WorkerIdentity] = []
  var slices = StepSlices(step: 0, count: 0, controllerVersion: 0)
  var phase = Phase.idle
  var counts = CoordinatorStatus.Counts()
  /// Workers that have left because they were asked to: they are told again if they come back.
  var drained: Set<WorkerIdentity> = []
  /// The first failure since the last step was committed, or the one that ended the run.
  public internal(set) var blame: Blame?
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
    case .push(let worker, let generation, let work, _, let controllerVersion):
      if admit(worker, generation, work) { push(worker, work, controllerVersion) }
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

  /// Begins a step, after the previous one was committed; its slices are leased at once.
  public mutating func beginStep(
    _ step: UInt64, sliceCount: Int, controllerVersion: UInt64, at time: Milliseconds
  ) -> [CoordinatorOrder] {
    precondition(sliceCount > 0, "a step has at least one slice")
    precondition(
      phase == .idle || phase == .committing, "a step begins after the last is committed")
    precondition(phase == .idle || step == slices.step + 1, "steps follow each other")
    advance(to: time)
    slices = StepSlices(step: step, count: sliceCount, controllerVersion: controllerVersion)
    blame = nil
    phase = .computing
    assign()
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

  /// When `tick` is due next, at the latest; nil when nothing can become late.
  public var nextDeadline: Milliseconds? {
    // Often enough to notice that the coordinator itself was away (see `advance`).
    let tick = members.isEmpty ? [] : [now + settings.tickMilliseconds]
    let silences = members.values.map { $0.lastSeen + settings.silenceMilliseconds }
    let lateness = slices.slices.flatMap(\.holders).map { holder in
      let late = holder.renewedAt + settings.leaseMilliseconds
      return late > now ? late : holder.renewedAt + settings.stuckMilliseconds
    }
    return (tick + silences + lateness).min()
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
    slices.held(by: worker).compactMap { slice in
      guard let place = slices.holder(worker, of: slice) else { return nil }
      let holder = slices.slices[slice].holders[place]
      return CoordinatorStatus.Holding(
        work: Work(step: slices.step, slice: slice), attempt: holder.attempt,
        ageMilliseconds: time > holder.leasedAt ? time - holder.leasedAt : 0)
    }
  }

  /// What the run waits for, in words.
  var waitReason: String {
    switch phase {
    case .idle: return "the first step"
    case .committing: return "the commit of step \(slices.step)"
    case .ended(_, let sentence): return sentence
    case .computing: break
    }
    let open = slices.slices.indices.filter { !slices.slices[$0].isApplied }
    let texts = open.map { slice in
      let holders = slices.slices[slice].holders.map { shortName($0.worker) }
      return holders.isEmpty
        ? "slice \(slice) (no worker)" : "slice \(slice) (\(holders.joined(separator: ", ")))"
    }
    return "step \(slices.step): " + texts.joined(separator: ", ")
  }

  /// Moves the clock. When the coordinator itself was away, nobody else is to blame: all
  /// patience is extended by the gap.
  private mutating func advance(to time: Milliseconds) {
    guard time > now else { return }
    let gap = time - now
    if now > 0, gap > 2 * settings.tickMilliseconds {
      for worker in joined { members[worker]?.lastSeen += gap }
      slices.postpone(by: gap)
    }
    now = time
  }

  private mutating func takeOrders() -> [CoordinatorOrder] {
    defer { orders = [] }
    return orders
  }
}
