/// What a worker does next, without socket, clock or chance.
///
/// Feed it what happens, in order, with the time; carry out the orders it returns, in order. A
/// unit goes prepare → pull → compute → push → acknowledged in one slot; what gets lost is sent
/// again with growing pauses; a new generation of the coordinator makes all old work void.
public struct WorkerState: Sendable {
  enum Phase: Equatable, Sendable {
    case greeting(nextAt: Milliseconds, pause: Milliseconds)
    case member
    case ended
  }

  /// Where a slot is. `void` means that a compute thread still works on something nobody wants.
  enum Stage: Equatable, Sendable {
    case free
    case preparing
    case pulling(Resend)
    case computing
    case waitingForCredit(bytes: Int)
    case pushing(Resend, bytes: Int)
    case void
  }

  /// When a request was sent, and how long its answer may take.
  struct Resend: Equatable, Sendable {
    var sentAt: Milliseconds
    var pause: Milliseconds
  }

  struct Slot: Equatable, Sendable {
    var stage = Stage.free
    var lease = Lease(work: Work(step: 0, slice: 0), attempt: 0, milliseconds: 0)
    var progress: UInt64 = 0
  }

  let settings: WorkerSettings
  var phase: Phase
  var job: UInt64 = 0
  /// The generation of the coordinator that this worker serves; 0 before the first WELCOME.
  public internal(set) var generation: UInt32 = 0
  var slots: [Slot]
  var queued: [Lease] = []
  /// How often any slot got on: what waits for a slot waits for those.
  var queueProgress: UInt64 = 0
  var credit = 0
  var unacknowledged = 0
  var heartbeat: Milliseconds = 500
  var nextReport: Milliseconds = 0
  /// Reports since the coordinator was heard last; it answers each.
  var unanswered = 0
  var lastHeard: Milliseconds
  /// Since when it greets without an answer.
  var looksSince: Milliseconds
  var waitReason = "the coordinator"
  /// Which owner of parameters cannot be reached, in words, while that is so.
  public var missedOwner: String?
  var now: Milliseconds
  var orders: [WorkerOrder] = []

  /// A worker that has just started.
  public init(_ settings: WorkerSettings, at time: Milliseconds) {
    self.settings = settings
    phase = .greeting(nextAt: time, pause: settings.helloMilliseconds)
    slots = .init(repeating: Slot(), count: settings.capacity)
    lastHeard = time
    looksSince = time
    now = time
  }

  /// Takes one event; returns what to do.
  public mutating func handle(_ event: WorkerEvent, at time: Milliseconds) -> [WorkerOrder] {
    if time > now { now = time }
    if phase == .ended { return [] }
    switch event {
    case .connected: greet()
    case .disconnected: greet(after: settings.helloMilliseconds)
    case .dataConnected: resend { _ in true }
    case .welcomed(let job, let generation, let heartbeat, let credit):
      welcomed(job, generation, heartbeat, credit)
    case .refused(let sentence): end(.refused(sentence))
    case .stopped(let code, let sentence): end(WorkerEnd(code, sentence))
    case .leave(let reason):
      orders.append(.sendBye(reason))
      end(.done(reason))
    case .tick: break
    case .progressed(let slot, let work):
      // A report tells of all slots: what has got on is noted before time is looked at.
      progressed(slot, work)
      return []
    default: work(event)
    }
    keepTime()
    defer { orders = [] }
    return orders
  }

  /// When `tick` is due next, at the latest.
  public var nextDeadline: Milliseconds {
    switch phase {
    case .greeting(let nextAt, _): min(nextAt, looksSince + settings.connectMilliseconds)
    case .member:
      min(nextReport, slots.compactMap(\.resendAt).min() ?? nextReport)
    case .ended: .max
    }
  }

  /// What the worker waits for, in words.
  public var waitsFor: String {
    if phase != .member { return "the coordinator" }
    let whose = missedOwner.map { " of \($0)" } ?? ""
    if slots.contains(where: { if case .pushing = $0.stage { true } else { false } }) {
      return "acknowledgements" + whose
    }
    if slots.contains(where: { if case .pulling = $0.stage { true } else { false } }) {
      return "rows" + whose
    }
    return slots.allSatisfy { $0.stage == .free } ? waitReason : "its own computation"
  }

  private mutating func welcomed(
    _ job: UInt64, _ generation: UInt32, _ heartbeat: Milliseconds, _ credit: Int
  ) {
    heard()
    if self.job != 0, job != self.job {
      return end(
        .failed("another run answers at the coordinator's address; start the worker again"))
    }
    // An old WELCOME that comes late must not bring old work back.
    guard generation >= self.generation else { return }
    if generation > self.generation { forgetAll() }
    (self.job, self.generation, self.heartbeat, self.credit) = (job, generation, heartbeat, credit)
    phase = .member
    resend { _ in true }
    sendReport(asking: true)
  }

  /// Makes all work void.
  private mutating func forgetAll() {
    queued = []
    for slot in slots.indices where slots[slot].stage != .free { abandon(slot) }
    unacknowledged = 0
  }

  mutating func heard() {
    lastHeard = now
    unanswered = 0
    nextReport = min(nextReport, now + heartbeat)
  }

  mutating func greet(after pause: Milliseconds = 0) {
    if phase == .member { looksSince = now }
    phase = .greeting(nextAt: now + pause, pause: settings.helloMilliseconds)
  }

  mutating func end(_ end: WorkerEnd) {
    phase = .ended
    orders.append(.exit(end))
  }

  mutating func sendReport(asking: Bool) {
    let held = slots.filter { $0.stage != .free && $0.stage != .void }.map {
      Progress(work: $0.lease.work, attempt: $0.lease.attempt, amount: $0.progress)
    }
    let waiting = queued.map {
      Progress(work: $0.work, attempt: $0.attempt, amount: queueProgress)
    }
    orders.append(.sendReport(asking: asking, held + waiting, waitsFor: waitsFor))
    // A coordinator that is busy for minutes must not find thousands of reports.
    nextReport = now + heartbeat << UInt64(min(max(0, unanswered - 4), 5))
    unanswered += 1
  }

  /// Does what is due by time.
  private mutating func keepTime() {
    switch phase {
    case .ended: break
    case .greeting where now >= looksSince + settings.connectMilliseconds:
      giveUp("no coordinator answered for", settings.connectMilliseconds)
    case .greeting(let nextAt, let pause) where now >= nextAt:
      orders.append(.sendHello)
      let longer = min(2 * pause, settings.helloLimitMilliseconds)
      phase = .greeting(nextAt: now + pause, pause: longer)
    case .greeting: break
    case .member:
      let time = now
      resend { $0 <= time }
      if now >= nextReport {
        let isIdle = slots.contains { $0.stage == .free } && queued.isEmpty
        sendReport(asking: isIdle)
      }
      if now >= lastHeard + settings.patienceMilliseconds {
        giveUp("nothing was heard of the coordinator for", settings.patienceMilliseconds)
      }
    }
  }

  private mutating func giveUp(_ what: String, _ time: Milliseconds) {
    end(.failed("\(what) \(time / 1000) s; check that it runs and can be reached"))
  }
}
