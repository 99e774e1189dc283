/// What a server does next, without socket, clock or chance.
///
/// Feed it what happens, in order, with the time; carry out the orders it returns, in order. It
/// keeps the gradients of each unit of a step once, applies a step when the coordinator says that
/// it is complete, and answers questions about a version when that version is reached. A new
/// generation of the coordinator makes everything void.
public struct ServerState: Sendable {
  enum Phase: Equatable, Sendable {
    case greeting(nextAt: Milliseconds, pause: Milliseconds)
    /// Welcomed, without parameters.
    case idle
    case loading
    case serving
    case ended
  }

  let settings: ServerSettings
  var phase: Phase
  var job: UInt64 = 0
  /// The generation of the coordinator that this server serves; 0 before the first WELCOME.
  public internal(set) var generation: UInt32 = 0
  /// How many steps the parameters have seen.
  public internal(set) var version: UInt64 = 0
  /// How many slices a step has; 0 without parameters.
  var sliceCount = 0
  /// How many steps old the parameters may be that a step is computed from.
  var staleness: UInt64 = 0
  /// For the steps from `version` on, the slices whose gradients are held; empty without
  /// parameters.
  var held: [[Bool]] = []
  /// Whether the values of the assigned parameters are all here.
  var isLoaded = false
  var pulls: [WaitingPull] = []
  var questions: [(version: UInt64, request: UInt64)] = []
  /// The version that was captured last, and whether it is still kept.
  public internal(set) var captured: UInt64 = 0
  var keepsCapture = false
  var heartbeat: Milliseconds = 500
  var nextState: Milliseconds = 0
  /// Since when it greets without an answer.
  var looksSince: Milliseconds
  /// When the coordinator said something last.
  var heardAt: Milliseconds
  var now: Milliseconds
  var orders: [ServerOrder] = []

  /// A server that has just started.
  public init(_ settings: ServerSettings = .init(), at time: Milliseconds) {
    self.settings = settings
    phase = .greeting(nextAt: time, pause: settings.helloMilliseconds)
    looksSince = time
    heardAt = time
    now = time
  }

  /// Takes one event; returns what to do.
  public mutating func handle(_ event: ServerEvent, at time: Milliseconds) -> [ServerOrder] {
    if time > now { now = time }
    if phase == .ended { return [] }
    if event.isWordOfTheCoordinator { heardAt = now }
    switch event {
    case .connected: greet(at: now)
    case .disconnected: greet(at: now + settings.helloMilliseconds)
    case .welcomed(let job, let generation, let heartbeat):
      welcomed(job, generation, heartbeat)
    case .refused(let sentence): end(.refused(sentence))
    case .rejected(let code, _):
      // The coordinator has started again, or has given this server up.
      // Several messages may be rejected for the same reason; one HELLO is enough.
      if code == .oldGeneration || code == .unknownWorker, !isGreeting { greet(at: now) }
    case .stopped(let code, let sentence): end(WorkerEnd(code, sentence))
    case .leave(let reason):
      orders.append(.sendBye(reason))
      end(.done(reason))
    case .failed(let sentence):
      orders.append(.sendFailure(sentence))
      orders.append(.log(.warning, sentence))
      end(.failed(sentence))
    case .tick: break
    default: serve(event)
    }
    keepTime()
    defer { orders = [] }
    return orders
  }

  /// When `tick` is due next, at the latest.
  public var nextDeadline: Milliseconds {
    switch phase {
    case .greeting(let nextAt, _): min(nextAt, looksSince + settings.patienceMilliseconds)
    case .idle, .loading, .serving: nextState
    case .ended: .max
    }
  }

  /// What the server waits for, in words.
  public var waitsFor: String {
    switch phase {
    case .greeting: "the coordinator"
    case .idle: "parameters to own"
    case .loading: "the values of its parameters"
    case .serving:
      "step \(version): \(held[0].count { !$0 }) of \(sliceCount) slices have not come"
    case .ended: "nothing"
    }
  }

  private mutating func welcomed(
    _ job: UInt64, _ generation: UInt32, _ heartbeat: Milliseconds
  ) {
    if self.job != 0, job != self.job {
      return end(
        .failed("another run answers at the coordinator's address; start the server again"))
    }
    // An old WELCOME that comes late must not bring old work back.
    guard generation >= self.generation else { return }
    if generation > self.generation { forgetAll() }
    (self.job, self.generation, self.heartbeat) = (job, generation, heartbeat)
    // Also when it does not greet: the answer to an earlier HELLO may come from a later generation.
    phase = held.isEmpty ? .idle : isLoaded ? .serving : .loading
    sendState()
  }

  private mutating func forgetAll() {
    held = []
    isLoaded = false
    pulls = []
    questions = []
    (captured, keepsCapture) = (0, false)
    version = 0
  }

  private var isGreeting: Bool { if case .greeting = phase { true } else { false } }

  private mutating func greet(at time: Milliseconds) {
    if !isGreeting { looksSince = now }
    phase = .greeting(nextAt: time, pause: settings.helloMilliseconds)
  }

  private mutating func end(_ end: WorkerEnd) {
    phase = .ended
    orders.append(.exit(end))
  }

  mutating func sendState() {
    orders.append(
      .sendState(
        held.isEmpty ? .idle : isLoaded ? .serving : .loading, version: version,
        captured: captured))
    nextState = now + heartbeat
  }

  /// Does what is due by time.
  private mutating func keepTime() {
    switch phase {
    case .ended: return
    case .greeting(let nextAt, let pause) where now >= nextAt:
      orders.append(.sendHello)
      let longer = min(2 * pause, settings.helloLimitMilliseconds)
      phase = .greeting(nextAt: now + pause, pause: longer)
    case .greeting: break
    case .idle, .loading, .serving:
      // One that still works answers a HELLO, also where it has nothing to say for a long time.
      if now >= heardAt + settings.patienceMilliseconds {
        greet(at: now)
        return keepTime()
      }
      if now >= nextState { sendState() }
      return
    }
    if now >= looksSince + settings.patienceMilliseconds {
      end(
        .failed(
          "nothing was heard of the coordinator for "
            + "\(settings.patienceMilliseconds / 1000) s; check that it runs and can be reached"))
    }
  }
}
