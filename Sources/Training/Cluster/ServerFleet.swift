import Cluster
import Kernels
import Messages
import Optimization
import Transport

/// The servers of a run as the coordinator sees them: who they are, and copies of what they own.
///
/// Belongs to the thread that drives the run. Who owns what and what is sent again is decided by
/// `FleetState`; this is the plain loop around it. The coordinator's own store is a copy, brought
/// up to date row by row (`refresh`) or as a whole (`synchronise`) when something is read from it.
final class ServerFleet {
  /// A restoration under way: rows are sent while the server confirms earlier ones.
  private struct Restoration {
    var seat: Int
    var sent = 0
    var confirmed = 0
    var isLastSent = false
    var movedAt: UInt64
  }

  /// A question to a server.
  private struct Question {
    var seat: Int
    var fetch: Fetch
    var ids: View<UInt32>
    var sentAt: UInt64 = 0
  }

  /// Rows in one message: 4 MB where a row takes 256 bytes.
  private static let rowsAtOnce = 16_384
  /// Questions to one server that may be unanswered.
  private static let questionsAtOnce = 2

  let parts: RunParts
  private let control: Router
  private let data: Router
  /// Where workers reach the coordinator.
  let place: Endpoint
  private let job: UInt64
  private let generation: UInt32
  private let welcome: Welcome
  private let observer: any RunObserver
  /// Wakes the thread that drives the run.
  let waker: Waker
  let shares: [RowShare]
  var state: FleetState
  private var restorations: [PeerIdentity: Restoration] = [:]
  private var questions: [UInt64: Question] = [:]
  private var lastRequest: UInt64 = 0
  /// The version that this process's store is a copy of, if it is one.
  private(set) var synchronised: Int?
  /// What the servers captured last, until it is here.
  var capture: FleetCapture?
  /// Where the failure of the run began, as those are told who have to stop.
  var cause: FirstFailure?
  /// The server that ended the run, and what it said.
  private(set) var failure: (server: PeerIdentity, sentence: String)?

  /// Who owns what.
  let map: PartitionMap

  init(
    parts: RunParts, sockets: CoordinatorSockets, job: UInt64, welcome: Welcome,
    settings: FleetSettings, waker: Waker, observer: any RunObserver
  ) {
    self.parts = parts
    (control, data, place) = (sockets.control, sockets.data, sockets.controlEndpoint)
    (self.job, generation) = (job, settings.generation)
    self.welcome = welcome
    self.waker = waker
    self.observer = observer
    map = PartitionMap(servers: settings.servers)
    shares = (0..<settings.servers).map { [map] seat in
      RowShare(rowCount: parts.schema.rowCount) { map.owner(of: $0) == seat }
    }
    state = FleetState(settings)
    synchronised = parts.store.version
  }

  /// Where workers reach the servers, once all hold their parameters.
  var addresses: [String]? { state.isReady ? state.addresses : nil }

  /// The servers, and how large their parts of the parameters are.
  func standings(at time: Milliseconds) -> [(standing: ServerStanding, parameterBytes: Int)] {
    state.standings(at: time).map { standing in
      guard let seat = standing.seat else { return (standing, 0) }
      let dense = parts.store.dense
      let owned = dense.range(chunk: seat, of: map.servers).count
      let numbers =
        shares[seat].count * parts.store.rows.rawWidth + owned * (1 + dense.rule.stateCount)
      return (standing, 4 * numbers)
    }
  }

  /// What is waited for, in words.
  var waitsFor: String { state.waitsFor }

  /// Rows that have arrived at servers which still lack others; it changes while they come.
  var restoredRows: Int { restorations.values.reduce(0) { $0 + $1.confirmed } }

  /// Takes a message of a server; false when it is somebody else's.
  func take(_ message: Message, from sender: PeerIdentity) throws -> Bool {
    let envelope = message.envelope
    let present = envelope.job == job ? envelope.generation : 0
    switch message.body {
    case .hello(let hello) where hello.role == .server:
      try greet(sender, hello)
    case .state(let report):
      guard let stage = ServerStage(rawValue: report.stage) else { return true }
      try handle(
        .state(
          sender, generation: present, stage, version: envelope.step, captured: report.captured))
    case .contents(let contents):
      guard present == generation else { return true }
      try receive(contents, envelope, from: sender)
    case .failure(let notice) where state.knows(sender):
      try handle(.failure(sender, generation: present, notice.sentence))
    case .bye(let reason) where state.knows(sender):
      try handle(.bye(sender, reason))
    case .acknowledge:
      guard present == generation else { return true }
      confirm(Int(clamping: envelope.request), from: sender)
    default: return false
    }
    return true
  }

  /// Takes the loss of a server's control connection; false when it is somebody else's.
  func lose(_ sender: PeerIdentity) throws -> Bool {
    guard state.knows(sender) else { return false }
    try handle(.lost(sender))
    return true
  }

  /// Does what is due by time, and sends what has become possible to send.
  func keepTime() throws {
    try handle(.tick)
    restore()
    ask()
    try serveCapture()
  }

  /// Lets the servers apply the step at their version and, if it `captures`, keep what they hold
  /// then; no earlier capture may be on its way.
  func commit(step: Int, captures: Bool) throws {
    precondition(state.isReady, "a step is committed while no servers hold the parameters")
    try perform(state.commit(UInt64(step), captures: captures, at: Uptime.milliseconds))
    parts.store.resume(at: step + 1)
    synchronised = nil
    if captures { expectCapture() }
  }

  /// Tells the servers that the run is over for them.
  func finish(_ code: StopCode, _ sentence: String) throws {
    try perform(state.finish(code, sentence, at: Uptime.milliseconds))
  }

  func handle(_ event: FleetEvent) throws {
    try perform(state.handle(event, at: Uptime.milliseconds))
  }

  func perform(_ orders: [FleetOrder]) throws {
    for order in orders {
      switch order {
      case .welcome(let server): send(.welcome(welcome), to: server)
      case .refuse(let server, let code, let sentence):
        send(.refuse(Notice(code.onTheWire, sentence)), to: server)
      case .assign(let server, let seat): assign(server, seat)
      case .restore(let server, let seat):
        restorations[server] = Restoration(seat: seat, movedAt: Uptime.milliseconds)
      case .commit(let server, let step, let capture):
        let terms = CommitTerms(capture: capture.version, released: capture.released)
        send(.commit(terms), step: step, to: server)
      case .reject(let server, let code, let sentence):
        send(.reject(Notice(code.onTheWire, sentence)), to: server)
      case .stop(let server, let code, let sentence):
        if code == .failed, let cause { send(.cause(cause), to: server) }
        send(.stop(Notice(code.onTheWire, sentence)), to: server)
      case .lose(let server, let sentence):
        let lost = ServerLost(server: server, sentence: sentence)
        dropCapture(lost)
        throw lost
      case .fail(let server, let sentence):
        failure = (server, sentence)
        let end = Failure(
          "server \(server.shortName): \(sentence)",
          at: "coordinator, step \(parts.store.version)",
          remedy: "look at the servers' logs; the run resumes with --resume auto",
          exitCode: .internalFault)
        dropCapture(end)
        throw end
      case .log(let severity, let text): observer.observe(.notice(text, severity.level))
      }
    }
  }

  private func assign(_ server: PeerIdentity, _ seat: Int) {
    let assignment = Assignment(
      seat: UInt32(seat), servers: UInt32(map.servers),
      slices: UInt32(parts.configuration.train.slices),
      staleness: UInt32(parts.configuration.cluster.oldestParameters),
      configuration: welcome.configuration,
      dataAddress: welcome.dataAddress, classes: UInt32(parts.strategy.classes),
      fieldSizes: parts.schema.fieldSizes.map(UInt32.init),
      listLengths: parts.schema.listLengths.map(UInt32.init))
    send(.assign(assignment), step: UInt64(parts.store.version), to: server)
  }

  private func send(_ body: Body, step: UInt64 = 0, request: UInt64 = 0, to server: PeerIdentity) {
    // What does not leave is sent again; a server that is gone is noticed as lost.
    let envelope = Envelope(job: job, generation: generation, step: step, request: request)
    _ = control.send(Message(body, envelope), to: server)
  }

  /// Sends a question of a new number about a version; `makes` is given the number.
  func send(_ makes: (UInt64) -> Fetch, version: Int, to server: PeerIdentity) {
    lastRequest += 1
    send(.fetch(makes(lastRequest)), step: UInt64(version), request: lastRequest, to: server)
  }
}

/// Giving out the values of parameters.
extension ServerFleet {
  /// Sends values to servers that wait for them, as far as there is room.
  private func restore() {
    if state.isReady { restorations = [:] }
    let now = Uptime.milliseconds
    for (server, start) in restorations {
      var restoration = start
      let share = shares[restoration.seat]
      if restoration.sent > restoration.confirmed || restoration.isLastSent,
        now >= restoration.movedAt + 3000
      {
        // Something got lost: go on from what the server has.
        (restoration.sent, restoration.isLastSent) = (restoration.confirmed, false)
        restoration.movedAt = now
      }
      while !restoration.isLastSent, data.waitingBytes(for: server) < 16 << 20 {
        let count = min(Self.rowsAtOnce, share.count - restoration.sent)
        guard send(share, restoration.sent, count, to: server, seat: restoration.seat) else {
          break
        }
        restoration.sent += count
        restoration.isLastSent = restoration.sent == share.count
        if restoration.sent == count { restoration.movedAt = now }
      }
      restorations[server] = restoration
    }
  }

  private func send(
    _ share: RowShare, _ first: Int, _ count: Int, to server: PeerIdentity, seat: Int
  ) -> Bool {
    let store = parts.store
    let rows = Floats(count: count * store.rows.rawWidth)
    store.rows.copyRaw(share.ids.slice(first, count), into: rows)
    var contents = Contents(first: UInt64(first), rows: rows)
    if first + count == share.count {
      let owned = store.dense.range(chunk: seat, of: map.servers)
      contents = Contents(
        first: UInt64(first), isLast: true, rows: rows,
        dense: store.dense.weights.slice(owned.lowerBound, owned.count),
        denseState: store.dense.state(of: owned),
        statistics: seat == 0 ? store.statistics : Floats(count: 0))
    }
    // A number for each piece, or parts of one could end up in another of as many parts.
    let envelope = Envelope(
      job: job, generation: generation, step: UInt64(store.version), request: UInt64(first))
    return data.send(Message(.restore(contents), envelope), to: server) == .accepted
  }

  private func confirm(_ rows: Int, from server: PeerIdentity) {
    guard var restoration = restorations[server], rows >= restoration.confirmed,
      rows <= shares[restoration.seat].count
    else { return }
    if rows > restoration.confirmed { restoration.movedAt = Uptime.milliseconds }
    restoration.confirmed = rows
    let isAll = rows == shares[restoration.seat].count && restoration.isLastSent
    restorations[server] = isAll ? nil : restoration
  }
}

/// Reading what the servers own.
extension ServerFleet {
  /// Copies everything from the servers, unless nothing has changed since; `serve` waits for what
  /// comes and handles it. Returns whether it was needed.
  func synchronise(serve: () throws -> Void) throws -> Bool {
    guard synchronised != parts.store.version else { return false }
    for seat in shares.indices {
      var first = 0
      repeat {
        let count = min(Self.rowsAtOnce, shares[seat].count - first)
        let fetch = Fetch(first: UInt64(first), count: UInt32(count), withDense: first == 0)
        question(Question(seat: seat, fetch: fetch, ids: shares[seat].ids.slice(first, count)))
        first += count
      } while first < shares[seat].count
    }
    try wait(serve)
    synchronised = parts.store.version
    return true
  }

  /// Copies the rows of these lists, and the dense parameters.
  func refresh(_ lists: [View<UInt32>], serve: () throws -> Void) throws {
    guard synchronised != parts.store.version else { return }
    var wanted = Array(repeating: Set<UInt32>(), count: map.servers)
    for list in lists {
      for index in 0..<list.count {
        wanted[map.owner(of: RowTable.partition(of: list[index]))].insert(list[index])
      }
    }
    for (seat, rows) in wanted.enumerated() {
      let ids = View(rows.sorted())
      question(Question(seat: seat, fetch: Fetch(ids: ids), ids: ids))
    }
    try wait(serve)
  }

  private func question(_ question: Question) {
    lastRequest += 1
    questions[lastRequest] = question
  }

  /// Waits for all answers; gives up a server when none comes for two minutes.
  private func wait(_ serve: () throws -> Void) throws {
    ask()
    var (left, movedAt) = (questions.count, Uptime.milliseconds)
    while let late = questions.min(by: { $0.key < $1.key })?.value {
      try serve()
      let now = Uptime.milliseconds
      if questions.count < left { (left, movedAt) = (questions.count, now) }
      guard now >= movedAt + 120_000 else { continue }
      let server = state.identities[late.seat]
      observer.observe(
        .notice(
          "server \(server.shortName) does not send its parameters: look at its log, and at its "
            + "connection to the coordinator's data port"))
      try handle(.lost(server))
    }
  }

  /// Sends questions, again if they were not answered in time, a few at once to each server.
  private func ask() {
    guard !questions.isEmpty else { return }
    let now = Uptime.milliseconds
    var open = Array(repeating: 0, count: map.servers)
    for (number, question) in questions.sorted(by: { $0.key < $1.key }) {
      guard open[question.seat] < Self.questionsAtOnce else { continue }
      open[question.seat] += 1
      guard question.sentAt == 0 || now >= question.sentAt + 5000 else { continue }
      send(
        .fetch(question.fetch), step: UInt64(parts.store.version), request: number,
        to: state.identities[question.seat])
      questions[number]?.sentAt = now
    }
  }

  private func receive(
    _ contents: Contents, _ envelope: Envelope, from sender: PeerIdentity
  ) throws {
    if try receiveCaptured(contents, envelope, from: sender) { return }
    guard let question = questions[envelope.request], envelope.step == UInt64(parts.store.version),
      state.identities[question.seat] == sender
    else { return }
    let store = parts.store
    let part = SeatContents(store: store, seat: question.seat, servers: map.servers)
    let withDense = question.fetch.withDense
    guard part.fits(contents, rows: question.ids.count, withDense: withDense) else {
      throw SeatContents.misfit(of: sender)
    }
    let rows = Floats(count: contents.count(.rows))
    contents.copy(.rows, into: rows)
    store.keep(question.ids)
    store.rows.restoreRaw(question.ids, from: rows)
    if withDense { part.copyDense(contents, to: store.values) }
    questions[envelope.request] = nil
    ask()
  }
}

/// A server went away with its parameters; the run goes on from its last checkpoint.
struct ServerLost: Error, CustomStringConvertible {
  /// Which one.
  let server: PeerIdentity
  /// The same for people, and why.
  let sentence: String
  /// The same as the first cause of a run that may fail for it.
  var first: FirstFailure?

  var description: String { sentence }
}
