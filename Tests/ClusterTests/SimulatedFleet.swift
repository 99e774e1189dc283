import Cluster

/// What the coordinator's edge is told about servers.
enum FleetMessage {
  case event(FleetEvent)
  /// So many pieces of a server's values have arrived.
  case restored(WorkerIdentity, generation: UInt32, pieces: Int)
  case contents(WorkerIdentity, generation: UInt32, request: UInt64)
}

/// The servers as the coordinator sees them, in one of its lives.
struct SimulatedFleet {
  struct Restoration {
    var sent = 0
    var confirmed = 0
    var movedAt: UInt64
  }

  struct Question {
    var seat: Int
    var sentAt: UInt64 = 0
  }

  var state: FleetState?
  var hasBegun = false
  /// HELLOs of workers that came before the servers had their parameters.
  var early: [WorkerIdentity: CoordinatorEvent] = [:]
  var restorations: [WorkerIdentity: Restoration] = [:]
  var questions: [UInt64: Question] = [:]
  var lastRequest: UInt64 = 0
  /// Whether the answers to the questions are to be saved.
  var saves = false
  var capture: Capture?

  /// A save beside steps: what servers captured, as it comes.
  struct Capture {
    var version: UInt64
    var fetch: CaptureFetch
    var requests: [UInt64: CaptureFetch.Piece] = [:]
    /// Chunks that were written.
    var used = 0
  }
}

/// What the coordinator's edge would do about servers.
extension SimulatedCluster {
  mutating func startFleet(isNewProcess: Bool) {
    let generation = UInt32(coordinatorLife)
    fleet = SimulatedFleet()
    fleet.state = FleetState(
      FleetSettings(
        generation: generation, fingerprint: Fingerprint(build: "b"), servers: serverCount,
        version: version))
    commits[generation] = version
    for seat in appliedSteps.keys { appliedSteps[seat]?.removeAll { $0 >= savedVersion } }
    for identity in aliveServers where isNewProcess {
      agenda.add(now + chance.below(50), (.server(identity), .toServer(.event(.connected))))
    }
    agenda.add(now + 1, (.coordinator(life: coordinatorLife), .fleetTick))
  }

  /// A message of a worker: without servers nobody is welcomed.
  mutating func listen(to event: CoordinatorEvent) throws(Violation) {
    guard fleet.state != nil, !fleet.hasBegun else { return try coordinate(event) }
    switch event {
    case .hello(let worker, _, _):
      fleet.early[worker] = event
      return post(.toldToWait("servers"), to: worker)
    case .lost(let worker), .bye(let worker, _): fleet.early[worker] = nil
    default: break
    }
    try coordinate(event)
  }

  mutating func listen(to message: FleetMessage) throws(Violation) {
    guard fleet.state != nil else { return }
    switch message {
    case .event(let event):
      guard let orders = fleet.state?.handle(event, at: coordinatorTime) else { return }
      try carryOut(orders)
    case .restored(let server, let generation, let pieces):
      guard generation == coordinatorLife, let restoration = fleet.restorations[server],
        pieces > restoration.confirmed
      else { return }
      fleet.restorations[server]?.confirmed = pieces
      fleet.restorations[server]?.movedAt = now
      if pieces == SimulatedServer.pieces { fleet.restorations[server] = nil }
    case .contents(let server, let generation, let request)
    where fleet.capture?.requests[request] != nil:
      if generation == coordinatorLife { try receive(request, from: server) }
    case .contents(let server, let generation, let request):
      guard generation == coordinatorLife, let question = fleet.questions[request],
        fleet.state?.identities[question.seat] == server
      else { return }
      fleet.questions[request] = nil
      if fleet.questions.isEmpty { try synchronised() }
    }
    try beginWhenReady()
  }

  mutating func keepFleetTime() throws(Violation) {
    guard fleet.state != nil else { return }
    agenda.add(now + 100, (.coordinator(life: coordinatorLife), .fleetTick))
    try listen(to: .event(.tick))
    restore()
    ask()
    try serveCapture()
  }

  /// Lets the servers apply a step, and perhaps asks for what they own then, or captured.
  mutating func commitFleet(_ step: UInt64, saves: Bool) throws(Violation) {
    let generation = UInt32(coordinatorLife)
    commits[generation] = step + 1
    let captures = saves && version < stepCount && fleet.capture == nil && chance.happens(0.7)
    let isPlanned = captures && chance.happens(0.7)
    if captures { self.captures[generation, default: [:]][version] = isPlanned }
    try carryOut(fleet.state?.commit(step, captures: isPlanned, at: coordinatorTime) ?? [])
    if captures {
      if !isPlanned { try carryOut(fleet.state?.beginCapture(at: coordinatorTime) ?? []) }
      // The loss of a server may have been noticed just now.
      guard fleet.state != nil else { return }
      fleet.capture = .init(
        version: version, fetch: CaptureFetch(chunks: 6, servers: serverCount, at: coordinatorTime))
      return try goOn()
    }
    guard saves || chance.happens(0.2) else { return try goOn() }
    fleet.saves = saves
    for seat in 0..<serverCount {
      fleet.lastRequest += 1
      fleet.questions[fleet.lastRequest] = .init(seat: seat)
    }
    ask()
  }

  /// Asks for pieces of a capture, and now and then uses up what is here.
  private mutating func serveCapture() throws(Violation) {
    guard let state = fleet.state, var capture = fleet.capture else { return }
    if chance.happens(0.7) { capture.used = capture.fetch.wholeChunks }
    let pieces = capture.fetch.ask(
      used: capture.used, at: coordinatorTime, hasCaptured: state.hasCaptured)
    for piece in pieces {
      fleet.lastRequest += 1
      capture.requests[fleet.lastRequest] = piece
      let question = ServerEvent.fetch(
        generation: UInt32(coordinatorLife), version: capture.version, request: fleet.lastRequest,
        ofCapture: true)
      post(.event(question), to: state.identities[piece.seat])
    }
    try check(
      weather.clockJumps > 0 || capture.fetch.lateSeat(at: coordinatorTime) == nil,
      "a capture does not get on")
    fleet.capture = capture
  }

  private mutating func receive(
    _ request: UInt64, from server: WorkerIdentity
  ) throws(Violation) {
    guard var capture = fleet.capture, let piece = capture.requests.removeValue(forKey: request),
      fleet.state?.identities[piece.seat] == server
    else { return }
    _ = capture.fetch.receive(piece, at: coordinatorTime)
    guard capture.fetch.isComplete else {
      fleet.capture = capture
      return try serveCapture()
    }
    let late = (0..<serverCount).filter { appliedSteps[$0, default: []].count < capture.version }
    try check(late.isEmpty, "version \(capture.version) is saved before seats \(late) have it")
    savedVersion = max(savedVersion, capture.version)
    fleet.capture = nil
    try carryOut(fleet.state?.endCapture(at: coordinatorTime) ?? [])
  }

  mutating func finishFleet() throws(Violation) {
    fleet.capture = nil
    try carryOut(fleet.state?.finish(.done, "all steps are done", at: coordinatorTime) ?? [])
  }

  private mutating func beginWhenReady() throws(Violation) {
    guard let state = fleet.state, state.isReady, !fleet.hasBegun else { return }
    fleet.hasBegun = true
    for worker in fleet.early.keys.sorted() {
      if let hello = fleet.early[worker] { try coordinate(hello) }
    }
    try begin(version)
  }

  private mutating func synchronised() throws(Violation) {
    if fleet.saves {
      let late = (0..<serverCount).filter { appliedSteps[$0]?.count != Int(version) }
      try check(late.isEmpty, "version \(version) is saved before seats \(late) have it")
      savedVersion = version
    }
    try goOn()
  }

  private mutating func carryOut(_ orders: [FleetOrder]) throws(Violation) {
    let generation = UInt32(coordinatorLife)
    for order in orders {
      switch order {
      case .welcome(let server):
        post(
          .event(.welcomed(job: 7, generation: generation, heartbeatMilliseconds: 500)), to: server)
      case .refuse(_, _, let sentence), .fail(_, let sentence):
        throw Violation(description: "at \(now) ms: \(sentence)")
      case .assign(let server, let seat):
        try check(!fleet.hasBegun, "a seat is given after the first step")
        post(.assign(seat: seat, generation: generation, version: version), to: server)
      case .restore(let server, _):
        try check(fleet.restorations[server] == nil, "values are given twice")
        fleet.restorations[server] = .init(movedAt: now)
      case .commit(let server, let step, let capture):
        try check(step + 1 == commits[generation], "a commit of an old step is sent")
        post(
          .event(.commit(generation: generation, step: step, capture: capture)), to: server)
      case .reject(let server, let code, let sentence):
        post(.event(.rejected(code, sentence)), to: server)
      case .stop(let server, let code, let sentence):
        post(.event(.stopped(code, sentence)), to: server)
      case .lose(_, let sentence):
        if weather.drop > 0, sentence.contains("said nothing") { silences += 1 }
        return reload()
      case .log: break
      }
    }
  }

  /// Throws everything away and begins from what was saved; messages wait meanwhile.
  private mutating func reload() {
    (coordinator, fleet.state) = (nil, nil)
    coordinatorTick = .max
    reloadsUntil = now + 200 + chance.below(2000)
    agenda.add(reloadsUntil, (nil, .startCoordinator))
  }

  /// Sends values to servers that wait for them; what was lost again after three seconds.
  private mutating func restore() {
    if fleet.state?.isReady ?? true { fleet.restorations = [:] }
    for server in fleet.restorations.keys.sorted() {
      guard var restoration = fleet.restorations[server] else { continue }
      if now >= restoration.movedAt + 3000 {
        (restoration.sent, restoration.movedAt) = (restoration.confirmed, now)
      }
      if restoration.sent < SimulatedServer.pieces {
        post(
          .restore(generation: UInt32(coordinatorLife), piece: restoration.sent), to: server)
        restoration.sent += 1
      }
      fleet.restorations[server] = restoration
    }
  }

  private mutating func ask() {
    let generation = UInt32(coordinatorLife)
    for (request, question) in fleet.questions.sorted(by: { $0.key < $1.key }) {
      guard question.sentAt == 0 || now >= question.sentAt + 5000,
        let server = fleet.state?.identities[question.seat]
      else { continue }
      fleet.questions[request]?.sentAt = now
      post(
        .event(.fetch(generation: generation, version: version, request: request)), to: server)
    }
  }
}
