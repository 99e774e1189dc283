import Cluster
import TestSupport

/// What a simulation found wrong.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// A whole cluster in one thread: the real state machines, a simulated world, one seed.
struct SimulatedCluster {
  enum Target: Equatable {
    case coordinator(life: Int)
    case worker(WorkerIdentity)
    case server(WorkerIdentity)
  }

  enum Happening {
    case toCoordinator(CoordinatorEvent)
    case toWorker(WorkerEvent)
    case toWorkerEdge(OwnerMessage)
    case toFleet(FleetMessage)
    case toServer(ServerMessage)
    /// A compute thread of the worker has finished.
    case computed(WorkerEvent)
    case tick
    case fleetTick
    case committed(step: UInt64)
    case startWorker
    case startServer
    case startCoordinator
    /// This worker died long ago; the coordinator of this life must have noticed.
    case mustBeGone(WorkerIdentity, life: Int)
    case fault
  }

  struct Worker {
    var state: WorkerState
    var capacity: Int
    /// Slots that a compute thread is working on.
    var busy: Set<Int> = []
    var frozenUntil: UInt64 = 0
    var cutUntil: UInt64 = 0
    var nextTick: UInt64 = .max
    /// How far the clock of its machine is ahead of the world's time.
    var clock: UInt64
    /// The owners of parameters, by seat, and what they have to do with each slot's slice.
    var servers: [WorkerIdentity] = []
    var serversOf: UInt32 = 0
    var shares: [SimulatedShare]
  }

  let weather: Weather
  let stepCount: UInt64
  let sliceCount: Int
  /// How many servers own the parameters; 0 when the coordinator does.
  let serverCount: Int
  /// Whether workers ask the coordinator for a controller.
  let hasController: Bool
  /// How many steps old the parameters may be that a step is computed from.
  let staleness: UInt64
  /// Whether every unit is one slice, as where gradients are sent in fewer bytes.
  let singleSlices: Bool
  /// Whether the course of things is printed.
  var tells = false
  var chance: Chance
  var agenda = Agenda<(Target?, Happening)>()
  var now: UInt64 = 0 { didSet { coordinatorTime = now + coordinatorClock } }
  var workers: [WorkerIdentity: Worker] = [:]
  var alive: [WorkerIdentity] = []
  var coordinator: CoordinatorState?
  var coordinatorLife = 0
  /// Servers that were given up because what they said was dropped.
  var silences = 0
  var coordinatorTick: UInt64 = .max
  var coordinatorFrozenUntil: UInt64 = 0
  /// How far the clock of the coordinator's machine is ahead of the world's time.
  var coordinatorClock: UInt64 { didSet { coordinatorTime = now + coordinatorClock } }
  /// What that clock shows.
  private(set) var coordinatorTime: UInt64
  /// After the loss of a server the coordinator reads its checkpoint until then.
  var reloadsUntil: UInt64 = 0
  var fleet = SimulatedFleet()
  var servers: [WorkerIdentity: SimulatedServer] = [:]
  var aliveServers: [WorkerIdentity] = []
  /// The version that the coordinator of each life has committed.
  var commits: [UInt32: UInt64] = [:]
  /// The versions that each life had captured, and whether before the step was committed.
  var captures: [UInt32: [UInt64: Bool]] = [:]
  /// Steps that each seat has applied, along the history that counts.
  var appliedSteps: [Int: [UInt64]] = [:]
  /// What is known of who gets on with what.
  var standings = SimulatedStandings()
  /// The step that the coordinator's parameters are at.
  var version: UInt64 = 0
  /// When a step was committed last.
  var progressAt: UInt64 = 0
  var savedVersion: UInt64 = 0
  var applied: [Work: Int] = [:]
  var model = SimulatedModel()
  var isFinished = false
  var exits = 0
  var trace: UInt64 = 0
  var coverage = CoordinatorStatus.Counts()

  init(
    seed: UInt64, weather: Weather, workers: Int, steps: UInt64, slices: Int, servers: Int = 0,
    spares: Int = 0, hasController: Bool = false, staleness: UInt64 = 0,
    singleSlices: Bool = false
  ) {
    (self.staleness, self.singleSlices) = (staleness, singleSlices)
    self.weather = weather
    serverCount = servers
    self.hasController = hasController
    stepCount = steps
    sliceCount = slices
    chance = Chance(seed: seed)
    coordinatorClock = chance.below(1_000_000_000)
    coordinatorTime = coordinatorClock
    agenda.add(0, (nil, .startCoordinator))
    for _ in 0..<workers { agenda.add(chance.below(300), (nil, .startWorker)) }
    agenda.add(200, (nil, .fault))
    for _ in 0..<servers + spares { agenda.add(chance.below(300), (nil, .startServer)) }
  }

  /// Runs to the end; throws what went wrong. Without a commit for so long it is stuck.
  mutating func run(patienceMilliseconds: UInt64 = 150_000) throws(Violation) {
    while let (time, (target, happening)) = agenda.next() {
      now = max(now, time)
      trace = (trace ^ now ^ UInt64(agenda.count)) &* 0x100_0000_01B3
      if tells { print(now, target.map { "\($0)" } ?? "world", happening) }
      try happen(target, happening)
      if isFinished && alive.isEmpty && aliveServers.isEmpty { break }
      if now > max(progressAt, weather.chaosMilliseconds) + patienceMilliseconds {
        throw Violation(
          description:
            "stuck: \(coordinator?.status(at: coordinatorTime).waitsFor ?? "no coordinator"); "
            + "\(fleet.state?.waitsFor ?? "no fleet"); "
            + (alive.map { workers[$0]?.state.waitsFor ?? "" }
            + aliveServers.map { servers[$0]?.state.waitsFor ?? "" }).joined(separator: "; "))
      }
    }
    try check(isFinished, "the agenda is empty before the end")
    try checkModel()
    try check(
      coordinator?.status(at: coordinatorTime).counts.staleness.count ?? 0 <= Int(staleness) + 1,
      "parameters were older than allowed")
    try check(applied.count == Int(stepCount) * sliceCount, "coverage \(applied.count)")
    try check(applied.values.allSatisfy { $0 == 1 }, "a slice was not applied exactly once")
    for seat in 0..<serverCount {
      try check(
        appliedSteps[seat] == Array(0..<stepCount),
        "seat \(seat) applied \(appliedSteps[seat, default: []])")
    }
    if weather.keepsServers {
      // Where messages are dropped, once in thousands of runs all reports of three seconds are.
      try check(
        silences <= 1 && coordinatorLife == 1 + silences, "a server was given up")
    }
  }

  /// Where no parameters may be old, the final ones are those of one process.
  private func checkModel() throws(Violation) {
    guard staleness == 0 else { return }
    let alone = SimulatedModel.alone(steps: stepCount, slices: sliceCount)
    try check(
      model.parameters[stepCount] == alone.parameters[stepCount],
      "the final parameters differ from those of one process")
  }

  func check(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description: "at \(now) ms: \(sentence())") }
  }

  func require<Value>(
    _ value: Value?, _ sentence: @autoclosure () -> String
  ) throws(Violation) -> Value {
    guard let value else { throw Violation(description: "at \(now) ms: \(sentence())") }
    return value
  }

  private mutating func happen(_ target: Target?, _ happening: Happening) throws(Violation) {
    if case .coordinator = target, let time = coordinatorReads, time > now {
      return agenda.add(time, (target, happening))
    }
    switch (target, happening) {
    case (.coordinator, .toCoordinator(let event)):
      // What was sent to an earlier life may reach this one.
      try listen(to: event)
    case (.coordinator, .toFleet(let message)):
      try listen(to: message)
    case (.coordinator(coordinatorLife), .fleetTick):
      try keepFleetTime()
    case (.coordinator(coordinatorLife), .tick):
      if coordinatorTick <= now {
        coordinatorTick = .max
        try coordinate(.tick)
      }
    case (.coordinator(coordinatorLife), .committed(let step)):
      if coordinator != nil { try committed(step) }
    case (.worker(let identity), .toWorker(let event)),
      (.worker(let identity), .computed(let event)):
      try deliver(event, happening, to: identity)
    case (.worker(let identity), .toWorkerEdge(let message)):
      try deliver(message, happening, to: identity)
    case (.server(let identity), .toServer(let message)):
      try deliver(message, to: identity)
    case (.server(let identity), .tick):
      if servers[identity]?.nextTick ?? .max <= now { try deliver(.event(.tick), to: identity) }
    case (.worker(let identity), .tick):
      if workers[identity]?.nextTick ?? .max <= now { try deliver(.tick, happening, to: identity) }
    case (nil, .startWorker): startWorker()
    case (nil, .startServer): startServer()
    case (nil, .startCoordinator): try startCoordinator()
    case (nil, .mustBeGone(let identity, coordinatorLife)):
      let members = coordinator?.status(at: coordinatorTime).workers ?? []
      try check(!members.contains { $0.identity == identity }, "a death was not noticed")
      let seats = fleet.state?.identities ?? []
      try check(!seats.contains(identity), "the death of a server was not noticed")
    case (nil, .fault): try fault()
    default: break
    }
  }

  /// When the coordinator reads what comes, if not now.
  private var coordinatorReads: UInt64? {
    coordinator == nil
      ? reloadsUntil > now ? reloadsUntil : nil
      : coordinatorFrozenUntil > now ? coordinatorFrozenUntil : nil
  }
}
