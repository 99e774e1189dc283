import Cluster

/// What a server's edge is told.
enum ServerMessage {
  case event(ServerEvent)
  case assign(seat: Int, generation: UInt32, version: UInt64)
  /// One piece of the values of its parameters.
  case restore(generation: UInt32, piece: Int)
}

/// A server process: its state and what its edge holds.
struct SimulatedServer {
  /// What it owns in one generation.
  struct Job {
    var generation: UInt32
    var seat: Int
    var version: UInt64
    var restored = 0
    /// Slices whose rows were asked for; without them gradients cannot be used.
    var noted: Set<Work> = []
    var kept: [Work: Int] = [:]
    /// The version that it keeps for a checkpoint.
    var captured: UInt64?
    /// The version that rows were read at last.
    var readAt: UInt64?
  }

  /// So many pieces have the values of one server.
  static let pieces = 3

  var state: ServerState
  var seat = 0
  var job: Job?
  var questions: [UInt64: UInt64] = [:]
  var frozenUntil: UInt64 = 0
  var cutUntil: UInt64 = 0
  /// Workers that it cannot reach, and until when.
  var cuts: [WorkerIdentity: UInt64] = [:]
  var nextTick: UInt64 = .max
  /// How far the clock of its machine is ahead of the world's time.
  var clock: UInt64
}

/// What a server's edge would do.
extension SimulatedCluster {
  mutating func startServer() {
    guard !isFinished else { return }
    let identity = WorkerIdentity(chance.next() | 1 << 63) << 64 | WorkerIdentity(chance.next())
    let clock = chance.below(1_000_000_000)
    servers[identity] = SimulatedServer(state: ServerState(at: now + clock), clock: clock)
    aliveServers.append(identity)
    agenda.add(now, (.server(identity), .toServer(.event(.connected))))
  }

  mutating func deliver(
    _ message: ServerMessage, to identity: WorkerIdentity
  ) throws(Violation) {
    guard var server = servers[identity], aliveServers.contains(identity) else { return }
    if server.frozenUntil > now {
      agenda.add(server.frozenUntil, (.server(identity), .toServer(message)))
      return
    }
    var event: ServerEvent
    switch message {
    case .event(let plain): event = plain
    case .assign(let seat, let generation, let version):
      if generation == server.state.generation { server.seat = seat }
      event = .assigned(
        generation: generation, version: version, sliceCount: sliceCount,
        staleness: staleness)
    case .restore(let generation, let piece):
      guard let job = server.job, job.generation == generation,
        generation == server.state.generation
      else { return }
      if piece == job.restored { server.job?.restored += 1 }
      servers[identity] = server
      let restored = server.job?.restored ?? 0
      post(.restored(identity, generation: generation, pieces: restored), from: identity)
      guard piece == job.restored, restored == SimulatedServer.pieces else { return }
      event = .loaded(generation: generation)
    }
    if case .tick = event { server.nextTick = .max }
    try note(event, &server)
    let generation = server.state.generation
    let orders = server.state.handle(event, at: now + server.clock)
    try check(server.state.generation >= generation, "a server went back a generation")
    servers[identity] = server
    for order in orders { try carryOut(order, event, of: identity) }
    try check(identity)
    scheduleTick(of: identity)
  }

  /// What the edge takes note of before the event, as of questions and of rows that are pulled.
  private func note(_ event: ServerEvent, _ server: inout SimulatedServer) throws(Violation) {
    switch event {
    case .pull(_, let generation, let work, _):
      guard let job = server.job, job.generation == generation else { return }
      if (job.version...job.version + openSteps).contains(work.step) {
        server.job?.noted.insert(work)
      }
    case .push(_, let generation, let work):
      guard let job = server.job, job.generation == generation,
        (job.version..<job.version + openSteps).contains(work.step)
      else { return }
      try check(job.noted.contains(work), "\(work) was pushed to whom nobody asked for its rows")
    case .fetch(let generation, let version, let request, _):
      if generation == server.state.generation { server.questions[request] = version }
    default: break
    }
  }

  private mutating func carryOut(
    _ order: ServerOrder, _ event: ServerEvent, of identity: WorkerIdentity
  ) throws(Violation) {
    guard let server = servers[identity] else { return }
    let generation = server.state.generation
    switch order {
    case .sendHello:
      post(.hello(identity, Fingerprint(build: "b"), address: "\(identity)"), from: identity)
    case .sendState(let stage, let version, let captured):
      post(
        .state(identity, generation: generation, stage, version: version, captured: captured),
        from: identity)
    case .load(let version):
      servers[identity]?.job = .init(
        generation: generation, seat: server.seat, version: version)
      servers[identity]?.questions = [:]
      // Room for a large table takes its time; what is sent meanwhile waits.
      if chance.happens(0.1) { servers[identity]?.frozenUntil = now + chance.below(10_000) }
    case .sendRows(let worker, let work, _):
      let version = server.job?.version ?? 0
      try check(
        version <= work.step && version + staleness >= work.step
          && server.job?.generation == generation,
        "rows of \(work) were read at version \(version)")
      try check(server.job?.noted.contains(work) == true, "rows nobody asked for")
      servers[identity]?.job?.readAt = version
      let origin = PushOrigin(version: version, controllerVersion: 0)
      post(.rows(from: identity, generation: generation, work, origin), to: worker, from: identity)
    case .keep(let work): try keep(work, event, of: identity)
    case .acknowledge(let worker, let work):
      post(.held(by: identity, generation: generation, work), to: worker, from: identity)
    case .reject(let worker, let code, let work, let sentence):
      post(.reject(code, work, sentence), to: worker, from: identity)
    case .apply(let step): try apply(step, of: identity)
    case .sendContents(let request):
      guard let version = servers[identity]?.questions.removeValue(forKey: request) else { return }
      try check(
        server.job?.version == version, "version \(version) was asked for and another told")
      post(.contents(identity, generation: generation, request: request), from: identity)
    case .capture(let version): try capture(version, of: identity)
    case .releaseCapture:
      try check(server.job?.captured != nil, "what was not captured is forgotten")
      servers[identity]?.job?.captured = nil
    case .sendCaptured(let request):
      guard let version = servers[identity]?.questions.removeValue(forKey: request) else { return }
      try check(server.job?.captured == version, "version \(version) is told and was not captured")
      post(.contents(identity, generation: generation, request: request), from: identity)
    case .sendFailure(let sentence):
      throw Violation(description: "at \(now) ms: a server failed: \(sentence)")
    case .sendBye(let reason): post(FleetEvent.bye(identity, reason), from: identity)
    case .exit(let end):
      aliveServers.removeAll { $0 == identity }
      if case .done = end {} else { throw Violation(description: "a server ended: \(end)") }
      if !isFinished { agenda.add(now + 500, (nil, .startServer)) }
    case .log: break
    }
  }

  private mutating func keep(
    _ work: Work, _ event: ServerEvent, of identity: WorkerIdentity
  ) throws(Violation) {
    guard let job = servers[identity]?.job, case .push(_, let generation, let pushed) = event else {
      throw Violation(description: "\(work) is kept without its push")
    }
    try check(pushed == work && job.generation == generation, "\(work) of another life is kept")
    try check(
      (job.version..<job.version + (staleness == 0 ? 1 : openSteps)).contains(work.step),
      "\(work) is kept at version \(job.version)")
    try check(job.kept[work] == nil, "\(work) is kept twice")
    servers[identity]?.job?.kept[work] = 1
  }

  private mutating func apply(_ step: UInt64, of identity: WorkerIdentity) throws(Violation) {
    guard let job = servers[identity]?.job else {
      throw Violation(description: "a step is applied to no parameters")
    }
    try check(step == job.version, "step \(step) is applied at version \(job.version)")
    try check(
      commits[job.generation, default: 0] > step, "step \(step) is applied before its commit")
    for slice in 0..<sliceCount {
      let count = job.kept.keys.count { $0.step == step && $0.slices.contains(slice) }
      try check(count == 1, "slice \(slice) of step \(step) was kept \(count) times")
    }
    try check(job.kept.keys.allSatisfy { $0.step >= step }, "slices of an old step are kept")
    servers[identity]?.job?.kept = job.kept.filter { $0.key.step > step }
    servers[identity]?.job?.noted = job.noted.filter { $0.step > step }
    servers[identity]?.job?.version += 1
    guard job.generation == coordinatorLife else { return }
    try check(
      appliedSteps[job.seat, default: []].count == Int(step),
      "seat \(job.seat) applied step \(step) after \(appliedSteps[job.seat, default: []])")
    appliedSteps[job.seat, default: []].append(step)
  }

  private mutating func capture(
    _ version: UInt64, of identity: WorkerIdentity
  ) throws(Violation) {
    guard let job = servers[identity]?.job else {
      throw Violation(description: "no parameters are captured")
    }
    try check(job.version == version, "version \(version) is captured at \(job.version)")
    try check(job.captured == nil, "a capture takes the place of another")
    let isPlanned = try require(
      captures[job.generation]?[version], "nobody asked for a capture of version \(version)")
    // Reading catches rows up: a capture that is planned comes before, so its bits are given.
    try check(!isPlanned || job.readAt != version, "rows were read before they were captured")
    servers[identity]?.job?.captured = version
  }

  /// How many steps have gradients at a server at once.
  private var openSteps: UInt64 { UInt64(ServerState.openSteps(staleness: staleness)) }

  /// What is true of a server at any time.
  private func check(_ identity: WorkerIdentity) throws(Violation) {
    guard let server = servers[identity], let job = server.job else { return }
    try check(server.state.generation <= coordinatorLife, "a generation that never was")
    guard job.generation == server.state.generation else { return }
    try check(server.state.version == job.version, "the state and the parameters differ")
    try check(
      job.version <= commits[job.generation, default: 0],
      "a server ran ahead of the commits")
  }

  private mutating func scheduleTick(of identity: WorkerIdentity) {
    guard aliveServers.contains(identity), let server = servers[identity] else { return }
    let tick = schedule(
      .server(identity), server.state.nextDeadline, clock: server.clock, planned: server.nextTick)
    servers[identity]?.nextTick = tick
  }
}

/// The network of servers.
extension SimulatedCluster {
  mutating func post(_ message: ServerMessage, to identity: WorkerIdentity) {
    let isCut = servers[identity].map { $0.cutUntil > now } ?? false
    for delay in delays(isCut: isCut) {
      agenda.add(now + delay, (.server(identity), .toServer(message)))
    }
  }

  mutating func post(_ event: ServerEvent, to identity: WorkerIdentity, from worker: WorkerIdentity)
  {
    for delay in delays(isCut: isCut(identity, worker)) {
      agenda.add(now + delay, (.server(identity), .toServer(.event(event))))
    }
  }

  private mutating func post(_ event: FleetEvent, from identity: WorkerIdentity) {
    post(.event(event), from: identity)
  }

  private mutating func post(_ message: FleetMessage, from identity: WorkerIdentity) {
    let isCut = servers[identity].map { $0.cutUntil > now } ?? false
    let leavesAt = max(now, servers[identity]?.frozenUntil ?? 0)
    for delay in delays(isCut: isCut) {
      agenda.add(leavesAt + delay, (.coordinator(life: coordinatorLife), .toFleet(message)))
    }
  }

  private mutating func post(
    _ message: OwnerMessage, to worker: WorkerIdentity, from identity: WorkerIdentity
  ) {
    for delay in delays(isCut: isCut(identity, worker)) {
      agenda.add(now + delay, (.worker(worker), .toWorkerEdge(message)))
    }
  }

  private func isCut(_ server: WorkerIdentity, _ worker: WorkerIdentity) -> Bool {
    servers[server]?.cuts[worker].map { $0 > now } ?? false
  }
}
