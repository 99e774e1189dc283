/// Which server processes own the parameters, without socket, clock or chance.
///
/// Feed it what happens, in order, with the time; carry out the orders it returns, in order. Seats
/// are taken in the order of the HELLOs, processes beyond the last seat wait as spares. Orders are
/// repeated until a server's STATE shows that they were carried out. A server that is lost takes
/// its parameters with it: the fleet is over then, and the next generation begins with another.
public struct FleetState: Sendable {
  enum Phase: Equatable, Sendable {
    case forming
    case serving
    /// A server is lost, or has failed.
    case over
    case ended(StopCode, String)
  }

  /// The place of one server.
  struct Seat: Equatable, Sendable {
    var identity: WorkerIdentity
    var address: String
    var isLoaded = false
    var hasBegun = false
    var version: UInt64 = 0
    /// The version that it captured last.
    var captured: UInt64 = 0
    var sentAt: Milliseconds
  }

  let settings: FleetSettings
  var phase = Phase.forming
  var seats: [Seat] = []
  var spares: [WorkerIdentity: String] = [:]
  var spareOrder: [WorkerIdentity] = []
  var lastSeen: [WorkerIdentity: Milliseconds] = [:]
  /// The version that all parameters are to be at.
  public internal(set) var version: UInt64
  /// What all servers are to keep for a checkpoint.
  public private(set) var capture = CaptureTerms()
  var now: Milliseconds = 0
  var orders: [FleetOrder] = []

  /// A fleet without servers.
  public init(_ settings: FleetSettings) {
    precondition(settings.servers > 0, "a fleet has at least one server")
    self.settings = settings
    version = settings.version
  }

  /// Takes one event; returns what to do.
  public mutating func handle(_ event: FleetEvent, at time: Milliseconds) -> [FleetOrder] {
    advance(to: time)
    if case .ended(let code, let sentence) = phase {
      sayFarewell(event, code, sentence)
      return takeOrders()
    }
    switch event {
    case .hello(let server, let fingerprint, let address): hello(server, fingerprint, address)
    case .state(let server, let generation, let stage, let version, let captured):
      if admits(server, generation) { state(server, stage, version, captured) }
    case .failure(let server, let generation, let sentence):
      if phase != .over, admits(server, generation) { fail(server, sentence) }
    case .bye(let server, let reason): remove(server, "left: \(reason)")
    case .lost(let server): remove(server, "was lost")
    case .tick: break
    }
    keepTime()
    return takeOrders()
  }

  /// Lets all servers apply a step whose slices they all hold and, if it `captures`, keep what
  /// they hold then until `endCapture`.
  public mutating func commit(
    _ step: UInt64, captures: Bool = false, at time: Milliseconds
  ) -> [FleetOrder] {
    precondition(phase != .serving || step == version, "steps are committed one by one")
    advance(to: time)
    guard phase == .serving else { return takeOrders() }
    version = step + 1
    if captures { orderCapture() } else { for seat in seats.indices { sendCommit(seat) } }
    return takeOrders()
  }

  /// Lets all servers keep what they hold at the present version until `endCapture`.
  public mutating func beginCapture(at time: Milliseconds) -> [FleetOrder] {
    advance(to: time)
    if phase == .serving { orderCapture() }
    return takeOrders()
  }

  /// Lets all servers forget what they captured.
  public mutating func endCapture(at time: Milliseconds) -> [FleetOrder] {
    advance(to: time)
    guard capture.released < capture.version else { return takeOrders() }
    capture.released = capture.version
    // A word that is lost is said again with the next step.
    if phase == .serving { for seat in seats.indices { sendCommit(seat) } }
    return takeOrders()
  }

  /// Whether the server in a seat has captured what was ordered last.
  public func hasCaptured(_ seat: Int) -> Bool { seats[seat].captured == capture.version }

  /// Tells all servers that the run is over for them, and those that come later.
  public mutating func finish(
    _ code: StopCode, _ sentence: String, at time: Milliseconds
  ) -> [FleetOrder] {
    advance(to: time)
    phase = .ended(code, sentence)
    for server in lastSeen.keys.sorted() { orders.append(.stop(server, code, sentence)) }
    return takeOrders()
  }

  /// Whether all seats are taken and hold their parameters.
  public var isReady: Bool { phase == .serving }

  /// Whether all parameters have been seen at `version`.
  public var isSettled: Bool { isReady && seats.allSatisfy { $0.version == version } }

  /// Where workers reach the servers, by seat, once all seats are taken.
  public var addresses: [String]? {
    seats.count == settings.servers ? seats.map(\.address) : nil
  }

  /// The servers in their seats.
  public var identities: [WorkerIdentity] { seats.map(\.identity) }

  /// What there is to tell: servers by seat, then spares in the order in which they joined.
  public func standings(at time: Milliseconds) -> [ServerStanding] {
    func silence(_ server: WorkerIdentity) -> Milliseconds {
      time - min(time, lastSeen[server] ?? time)
    }
    let seated = seats.enumerated().map { seat, place in
      ServerStanding(
        identity: place.identity, seat: seat, address: place.address, version: place.version,
        isLoaded: place.isLoaded, silentMilliseconds: silence(place.identity))
    }
    let names = Set(seats.map(\.identity))
    let waiting = spareOrder.filter { !names.contains($0) }.map { server in
      ServerStanding(
        identity: server, seat: nil, address: spares[server] ?? "", version: 0, isLoaded: false,
        silentMilliseconds: silence(server))
    }
    return seated + waiting
  }

  /// Whether a process has introduced itself as a server.
  public func knows(_ identity: WorkerIdentity) -> Bool { lastSeen[identity] != nil }

  /// When `tick` is due next, at the latest.
  public var nextDeadline: Milliseconds { now + settings.tickMilliseconds }

  /// What the fleet waits for, in words.
  public var waitsFor: String {
    switch phase {
    case .over, .ended: return "nothing"
    case .serving:
      let late = seats.filter { $0.version < version }.map { shortName($0.identity) }
      return late.isEmpty
        ? "nothing" : "step \(version - 1) to be applied by \(late.joined(separator: ", "))"
    case .forming: break
    }
    let missing = settings.servers - spareOrder.count
    if seats.isEmpty, missing > 0 { return "\(missing) of \(settings.servers) servers" }
    let late = seats.filter { !$0.isLoaded }.map { shortName($0.identity) }
    return "parameters to reach \(late.joined(separator: ", "))"
  }

  /// Moves the clock; when the coordinator itself was away, nobody else is to blame.
  private mutating func advance(to time: Milliseconds) {
    guard time > now else { return }
    let gap = time - now
    if now > 0, gap > 2 * settings.tickMilliseconds {
      for server in lastSeen.keys { lastSeen[server]? += gap }
    }
    now = time
  }

  private mutating func takeOrders() -> [FleetOrder] {
    defer { orders = [] }
    return orders
  }
}

/// Coming, going, getting on.
extension FleetState {
  private mutating func hello(
    _ server: WorkerIdentity, _ fingerprint: Fingerprint, _ address: String
  ) {
    guard phase != .over else { return }
    if let refusal = settings.fingerprint.refusal(of: fingerprint, role: "server") {
      orders.append(.refuse(server, refusal.code, refusal.sentence))
      orders.append(.log(.warning, "server \(shortName(server)) refused: \(refusal.sentence)"))
      return
    }
    if lastSeen[server] == nil {
      spareOrder.append(server)
      orders.append(.log(.info, "server \(shortName(server)) joined at \(address)"))
    }
    lastSeen[server] = now
    spares[server] = address
    orders.append(.welcome(server))
    fillSeats()
  }

  /// Once all seats are taken, their parameters are given out.
  private mutating func fillSeats() {
    guard phase == .forming, seats.isEmpty, spareOrder.count >= settings.servers else { return }
    for server in spareOrder.prefix(settings.servers) {
      seats.append(Seat(identity: server, address: spares[server] ?? "", sentAt: now))
    }
    for (seat, place) in seats.enumerated() {
      orders.append(.assign(place.identity, seat: seat))
    }
  }

  private mutating func state(
    _ server: WorkerIdentity, _ stage: ServerStage, _ version: UInt64, _ captured: UInt64
  ) {
    guard phase != .over, let seat = seats.firstIndex(where: { $0.identity == server }) else {
      return
    }
    // What it holds then is of no step of this run, and its word would keep commits from it.
    guard version <= self.version else {
      return fail(
        server,
        "in generation \(settings.generation) it says that its parameters are of step \(version), "
          + "where the coordinator is at step \(self.version)")
    }
    guard captured <= capture.version else {
      return fail(
        server,
        "it says that it captured version \(captured), where the coordinator asked for "
          + "\(capture.version) last")
    }
    seats[seat].captured = max(captured, seats[seat].captured)
    if phase == .forming, stage == .loading, !seats[seat].hasBegun {
      seats[seat].hasBegun = true
      orders.append(.restore(server, seat: seat))
    }
    if stage == .serving, version > seats[seat].version || !seats[seat].isLoaded {
      seats[seat].isLoaded = true
      seats[seat].version = version
    }
    if phase == .forming, seats.allSatisfy(\.isLoaded) {
      phase = .serving
      orders.append(
        .log(
          .info,
          "\(seats.count) server\(seats.count == 1 ? " holds" : "s hold") the parameters of step "
            + "\(self.version)"))
    }
  }

  private mutating func fail(_ server: WorkerIdentity, _ sentence: String) {
    phase = .over
    orders.append(.fail(server, sentence))
  }

  private mutating func admits(_ server: WorkerIdentity, _ generation: UInt32) -> Bool {
    if generation != settings.generation {
      orders.append(
        .reject(
          server, .oldGeneration,
          "the message is of generation \(generation), the coordinator of "
            + "\(settings.generation)"))
      return false
    }
    guard lastSeen[server] != nil else {
      orders.append(
        .reject(server, .unknownWorker, "the server has not said hello, or was given up"))
      return false
    }
    lastSeen[server] = now
    return true
  }

  private mutating func remove(_ server: WorkerIdentity, _ reason: String) {
    guard lastSeen.removeValue(forKey: server) != nil else { return }
    spares[server] = nil
    spareOrder.removeAll { $0 == server }
    guard phase != .over else { return }
    guard let seat = seats.firstIndex(where: { $0.identity == server }) else {
      return orders.append(.log(.notice, "server \(shortName(server)) \(reason); it owned nothing"))
    }
    phase = .over
    orders.append(.lose(server, "server \(shortName(server)), seat \(seat), \(reason)"))
  }

  /// A late word is answered by STOP, so that one that was lost does no harm.
  private mutating func sayFarewell(_ event: FleetEvent, _ code: StopCode, _ sentence: String) {
    switch event {
    case .hello(let server, _, _), .state(let server, _, _, _, _):
      orders.append(.stop(server, code, sentence))
    case .failure, .bye, .lost, .tick: break
    }
  }

  private mutating func sendCommit(_ seat: Int) {
    seats[seat].sentAt = now
    orders.append(.commit(seats[seat].identity, step: version - 1, capture: capture))
  }

  private mutating func orderCapture() {
    precondition(
      version > capture.version && capture.released == capture.version,
      "one version after the other is captured")
    capture.version = version
    for seat in seats.indices { sendCommit(seat) }
  }

  /// Sends again what was not carried out, and gives up who says nothing.
  private mutating func keepTime() {
    guard phase != .over else { return }
    for seat in seats.indices where now >= seats[seat].sentAt + settings.resendMilliseconds {
      if phase == .forming, !seats[seat].hasBegun {
        seats[seat].sentAt = now
        orders.append(.assign(seats[seat].identity, seat: seat))
      } else if phase == .serving,
        seats[seat].version < version || seats[seat].captured < capture.version
      {
        sendCommit(seat)
      }
    }
    for server in lastSeen.keys.sorted() {
      let silence = now - min(now, lastSeen[server] ?? now)
      if silence >= patience(with: server) { remove(server, "said nothing for \(silence) ms") }
    }
  }

  /// A server that makes room for its parameters says nothing until they have it.
  private func patience(with server: WorkerIdentity) -> Milliseconds {
    seats.contains { $0.identity == server && !$0.hasBegun }
      ? settings.loadMilliseconds : settings.silenceMilliseconds
  }
}
