import Cluster
import Datasets
import Kernels
import Messages
import Transport

/// A worker process: asks for units, computes them, delivers gradients.
///
/// Belongs to the thread that runs it, as its sockets do; compute threads report by mailbox. What
/// happens is decided by `WorkerState`; this is the plain loop around it.
final class WorkerEdge {
  private let context: Context
  private let endpoint: Endpoint
  private let options: SocketOptions
  private let serverOptions: SocketOptions
  private let identity: PeerIdentity
  private let dataset: Dataset
  private let threads: Int
  private let stop: StopSignal
  private let notice: (String) -> Void
  private let control: Dealer
  /// The coordinator's data socket, and those of the servers by seat.
  private var data: Dealer?
  private var servers: [Dealer] = []
  private let mailbox = Mailbox<WorkerEvent>()
  private var state: WorkerState
  private var translation: WorkerTranslation
  private var job: WorkerJob?
  private var end: WorkerEnd?
  /// Where the failure of the run began, if the coordinator has told it.
  private(set) var cause: FirstFailure?
  private var places: [Endpoint] = []
  /// Whom of those it is connected to: the coordinator for data, then servers by seat.
  private var links = OwnerLinks([], at: 0)
  private var tally = RefusalTally(others: "more messages are not used, for other reasons")
  /// What people are told while there is no coordinator.
  private let waiting: String
  /// Slices that were computed here, and their examples.
  private(set) var computedSlices = 0
  private(set) var computedExamples = 0

  init(
    endpoint: Endpoint, identity process: ProcessIdentity, protection: Protection,
    dataset: Dataset, threads: Int, build: String, connectSeconds: Int = 600, stop: StopSignal,
    notice: @escaping (String) -> Void
  ) throws {
    precondition(connectSeconds > 0, "a worker looks for its coordinator for some time")
    self.endpoint = endpoint
    options = protection.options
    serverOptions = protection.serverOptions
    self.dataset = dataset
    self.threads = threads
    self.stop = stop
    self.notice = notice
    context = try Context()
    identity = process.number
    control = try Dealer(in: context, identity: identity, options: options)
    try control.connect(endpoint)
    waiting =
      "waiting for the coordinator at \(endpoint) for at most \(connectSeconds) s "
      + "(--connect-timeout)"
    var settings = WorkerSettings()
    settings.connectMilliseconds = UInt64(connectSeconds) * 1000
    state = WorkerState(settings, at: Uptime.milliseconds)
    translation = WorkerTranslation(
      hello: Hello(
        identity: identity, build: build, dataHash: dataset.manifest.dataHash,
        vocabularyHash: dataset.manifest.vocabulary.sha256,
        blasKernel: BlasSetup.current().core, capacity: UInt32(threads), host: process.host,
        rank: process.rank))
  }

  /// Works until the run is over, the coordinator sends this worker away, or it is asked to stop.
  func run() throws -> WorkerEnd {
    notice(waiting)
    var isLeaving = false
    while true {
      if stop.isRequested, !isLeaving {
        isLeaving = true
        try take(.leave("it was asked to stop"))
      }
      try requireAdmission()
      if let end {
        job?.pool.stop()
        control.close(lingerMilliseconds: 1000)
        for owner in owners + [data].compactMap(\.self) { owner.close() }
        return end
      }
      let now = Uptime.milliseconds
      let due = min(state.nextDeadline, now + 200)
      let sockets: [any Pollable] = [control] + [data].compactMap(\.self) + servers
      Poller(sockets, waker: mailbox.waker)
        .wait(atMostMilliseconds: due > now ? Int(due - now) : 0)
      try noteProgress()
      for event in mailbox.drain() {
        count(event)
        try take(event)
      }
      while end == nil, let event = control.nextEvent() { try handle(event, from: .control) }
      while end == nil, let event = data?.nextEvent() {
        try handle(event, from: servers.isEmpty ? .owner(0) : .controller)
      }
      for (seat, server) in servers.enumerated() {
        while end == nil, let event = server.nextEvent() { try handle(event, from: .owner(seat)) }
      }
      while let line = tally.due(atMilliseconds: Uptime.milliseconds) { notice(line) }
      noteLinks()
      if Uptime.milliseconds >= state.nextDeadline { try take(.tick) }
    }
  }

  private func count(_ event: WorkerEvent) {
    guard case .computed(let slot, _, _) = event else { return }
    guard let unit = job?.slots[slot] else { return }
    computedSlices += unit.count
    computedExamples += unit.examples
  }

  /// Takes note of what compute threads have got done, before a report is due.
  private func noteProgress() throws {
    guard let job else { return }
    for (number, unit) in job.slots.enumerated() {
      if let work = unit.takeProgress() { try take(.progressed(slot: number, work)) }
    }
  }

  /// Throws when the other side has refused the connection for too long, or until the very end.
  private func requireAdmission() throws {
    var reason = control.barred ?? data?.barred ?? servers.compactMap(\.barred).first
    if case .failed = end { reason = reason ?? control.refusal }
    guard let reason else { return }
    job?.pool.stop()
    throw Failure(
      "this worker is not admitted: \(reason)", at: "\(endpoint)",
      remedy: "see docs/security.md; `autoloss keys show FOLDER` tells fingerprints",
      exitCode: .refused)
  }

  private func handle(_ event: SocketEvent, from source: WorkerSource) throws {
    switch event {
    case .message(let message, _): try handle(message, from: source)
    case .malformed(let error, _): notice("a message of \(source) is not used: \(error)")
    case .connected: try take(source == .control ? .connected : .dataConnected)
    case .disconnected(let place):
      notice("the connection to \(place) broke; connecting again")
      guard source == .control else { return }
      notice(waiting)
      try take(.disconnected)
    case .refused(let sentence): notice(sentence)
    case .lost: break
    }
  }

  private func handle(_ message: Message, from source: WorkerSource) throws {
    guard source.sends(message.body) else {
      return tell("\(source) sent \(message.body.type), which it may not: it is not used")
    }
    switch (message.body, source) {
    case (.welcome(let welcome), _)
    where message.envelope.generation >= max(1, translation.generation):
      try prepare(for: welcome)
    case (.lease, _): try requireUnit(message.envelope)
    case (.rows(let answer), _): return try arrived(answer, message.envelope, from: source)
    case (.cause(let cause), _): self.cause = cause
    case (.acknowledge, .owner(let seat)): return delivered(message.envelope, to: seat)
    case (.reject(let notice), .owner)
    where notice.code == .malformed || notice.code == .notFinite:
      return try refused(notice, message.envelope)
    default: break
    }
    guard let event = translation.event(message) else { return }
    try take(event)
  }

  /// Throws when the coordinator leases what is no unit of the run.
  private func requireUnit(_ envelope: Envelope) throws {
    guard isPresent(envelope), let job, let defect = job.defect(envelope.work) else { return }
    job.pool.stop()
    throw Failure(
      "the coordinator leases what is no unit of its run: \(defect)", at: "\(endpoint)",
      remedy: "install the same build on all hosts", exitCode: .refused)
  }

  /// Whether a message belongs to the run that this worker takes part in, and to its present life.
  private func isPresent(_ envelope: Envelope) -> Bool {
    envelope.job == translation.job && envelope.generation == translation.generation
  }

  /// Tells what may happen again and again: once, and then how often.
  private func tell(_ sentence: String) {
    let line = tally.add(sentence, atMilliseconds: Uptime.milliseconds)
    if let line { notice(line) }
  }

  private func take(_ event: WorkerEvent) throws {
    for order in state.handle(event, at: Uptime.milliseconds) { try perform(order) }
  }

  private func perform(_ order: WorkerOrder) throws {
    if case .sendFailure(let lease, let sentence) = order, let slice = job?.notFinite(lease.work) {
      _ = control.send(translation.notFinite(lease.work, slice: slice, sentence))
      return
    }
    if let message = translation.message(for: order, capacity: threads) {
      _ = control.send(message)
      return
    }
    switch order {
    case .prepare(let slot, let lease): job?.prepare(slot, lease, report: mailbox)
    case .compute(let slot, let lease): job?.compute(slot, lease, report: mailbox)
    case .sendPull(let slot, let lease): sendPulls(slot, lease)
    case .sendPush(let slot, let lease): sendPushes(slot, lease)
    case .exit(let end): self.end = end
    case .sendHello, .sendReport, .sendFailure, .sendBye: break
    }
  }
}

/// Owners of parameters: the coordinator, or servers.
extension WorkerEdge {
  /// Owners by seat: without servers the coordinator owns everything.
  private var owners: [Dealer] { servers.isEmpty ? [data].compactMap(\.self) : servers }

  /// Says who cannot be reached, here and in what the coordinator is told.
  private func noteLinks() {
    let connected = ([data].compactMap(\.self) + servers).map(\.isConnected)
    for sentence in links.note(connected, at: Uptime.milliseconds) { notice(sentence) }
    state.missedOwner = links.missed
  }

  /// Asks all who have not answered.
  private func sendPulls(_ number: Int, _ lease: Lease) {
    guard let slot = job?.slots[number] else { return }
    for (seat, owner) in owners.enumerated() where slot.shares[seat].answer == nil {
      _ = owner.send(Message(.pull(slot.shares[seat].pull), translation.envelope(lease)))
    }
    if slot.asksForController, slot.controllerAnswer == nil {
      _ = data?.send(Message(.pull(Pull(ids: View(count: 0))), translation.envelope(lease)))
    }
  }

  /// Delivers to all owners that have not confirmed; then tells the coordinator.
  private func sendPushes(_ number: Int, _ lease: Lease) {
    guard let slot = job?.slots[number] else { return }
    for (seat, owner) in owners.enumerated() where !slot.shares[seat].isDelivered {
      _ = owner.send(Message(.push(slot.push(seat: seat)), translation.envelope(lease)))
    }
    if slot.isDelivered {
      _ = control.send(Message(.delivered(slot.delivery), translation.envelope(lease)))
    }
  }

  /// An answer to a pull.
  private func arrived(_ answer: Parameters, _ envelope: Envelope, from source: WorkerSource) throws
  {
    guard isPresent(envelope), let number = state.pulling(envelope.work),
      let slot = job?.slots[number]
    else { return }
    let defect: String?
    switch source {
    case .owner(let seat):
      defect = slot.defect(answer, seat: seat)
      if defect == nil { slot.shares[seat].answer = answer }
    case .controller, .control:
      defect = slot.defect(ofController: answer)
      if defect == nil { slot.controllerAnswer = answer }
    }
    if let defect {
      return try take(
        .failed(slot: number, envelope.work, "the answer of \(source) to its pull: \(defect)"))
    }
    guard slot.isAnswered else { return try take(.progressed(slot: number, envelope.work)) }
    try take(.rowsArrived(generation: envelope.generation, envelope.work))
  }

  /// A server has the gradients of a unit.
  private func delivered(_ envelope: Envelope, to seat: Int) {
    guard !servers.isEmpty, isPresent(envelope),
      let (number, lease) = state.pushing(envelope.work), let slot = job?.slots[number]
    else { return }
    slot.shares[seat].isDelivered = true
    if slot.isDelivered { sendPushes(number, lease) }
  }

  /// A server cannot use what it was sent: the coordinator decides what becomes of the unit.
  private func refused(_ notice: Notice, _ envelope: Envelope) throws {
    guard isPresent(envelope) else { return }
    let work = envelope.work
    if notice.code == .notFinite {
      // The server has the sum over the unit's slices only.
      let first = work.slices.lowerBound
      _ = control.send(translation.notFinite(work, slice: first, notice.sentence))
    } else {
      var failure = translation.envelope()
      (failure.step, failure.slice, failure.sliceCount) =
        (envelope.step, envelope.slice, envelope.sliceCount)
      _ = control.send(Message(.failure(Notice(.badValue, notice.sentence)), failure))
    }
    try take(.rejected(.unusable, work, notice.sentence))
  }

  /// Does what WELCOME says: builds the network and connects to the owners of parameters.
  private func prepare(for welcome: Welcome) throws {
    if job?.configurationText != welcome.configuration
      || job?.servers != welcome.serverAddresses.count
    {
      job?.pool.stop()
      job = try WorkerJob(
        welcome, dataset: dataset, threads: threads, capacity: WorkerSettings.slots)
      notice("joined the run at \(endpoint)")
    }
    let wanted = [welcome.dataAddress] + welcome.serverAddresses
    let reached = try wanted.map { try Endpoint($0).reached(through: endpoint) }
    guard reached != places else { return }
    for dealer in [data].compactMap(\.self) + servers { dealer.close() }
    let dealers = try reached.map { place in
      let isServer = place != reached.first
      let dealer = try Dealer(
        in: context, identity: identity, options: isServer ? serverOptions : options)
      try dealer.connect(place)
      return dealer
    }
    (data, servers, places) = (dealers[0], Array(dealers.dropFirst()), reached)
    links = OwnerLinks(
      OwnerLinks.names(
        data: "\(reached[0])", servers: reached.dropFirst().map(\.description)),
      at: Uptime.milliseconds)
  }
}
