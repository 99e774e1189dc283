import Cluster
import Datasets
import Kernels
import Messages
import Transport

/// A worker process: asks for slices, computes them, delivers gradients.
///
/// Belongs to the thread that runs it, as its sockets do; compute threads report by mailbox. What
/// happens is decided by `WorkerState`; this is the plain loop around it.
final class WorkerEdge {
  private let context: Context
  private let endpoint: Endpoint
  private let options: SocketOptions
  private let identity: PeerIdentity
  private let dataset: Dataset
  private let threads: Int
  private let stop: StopSignal
  private let notice: (String) -> Void
  private let control: Dealer
  private var data: Dealer?
  private let mailbox = Mailbox<WorkerEvent>()
  private var state: WorkerState
  private var translation: WorkerTranslation
  private var job: WorkerJob?
  private var end: WorkerEnd?
  private var dataEndpoint: Endpoint?
  /// What people are told while there is no coordinator.
  private let waiting: String
  /// Slices that were computed here, and their examples.
  private(set) var computedSlices = 0
  private(set) var computedExamples = 0

  /// What the coordinator's log calls this worker.
  var name: String { identity.shortName }

  /// Slices held at once: while `threads` are computed, one more is read.
  private var capacity: Int { threads + 1 }

  init(
    endpoint: Endpoint, options: SocketOptions, dataset: Dataset, threads: Int, build: String,
    connectSeconds: Int = 600, stop: StopSignal, notice: @escaping (String) -> Void
  ) throws {
    precondition(connectSeconds > 0, "a worker looks for its coordinator for some time")
    self.endpoint = endpoint
    self.options = options
    self.dataset = dataset
    self.threads = threads
    self.stop = stop
    self.notice = notice
    context = try Context()
    var generator = SystemRandomNumberGenerator()
    identity = PeerIdentity.identity(using: &generator)
    control = try Dealer(in: context, identity: identity, options: options)
    try control.connect(endpoint)
    waiting =
      "waiting for the coordinator at \(endpoint) for at most \(connectSeconds) s "
      + "(--connect-timeout)"
    var settings = WorkerSettings(capacity: threads + 1)
    settings.connectMilliseconds = UInt64(connectSeconds) * 1000
    state = WorkerState(settings, at: Uptime.milliseconds)
    translation = WorkerTranslation(
      hello: Hello(
        identity: identity, build: build, dataHash: dataset.manifest.dataHash,
        vocabularyHash: dataset.manifest.vocabulary.sha256,
        blasKernel: BlasSetup.current().core, capacity: UInt32(threads + 1)))
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
        data?.close()
        return end
      }
      let now = Uptime.milliseconds
      let due = min(state.nextDeadline, now + 200)
      let sockets: [any Pollable] = data.map { [control, $0] } ?? [control]
      Poller(sockets, waker: mailbox.waker)
        .wait(atMostMilliseconds: due > now ? Int(due - now) : 0)
      for event in mailbox.drain() {
        count(event)
        try take(event)
      }
      while end == nil, let event = control.nextEvent() { try handle(event, isControl: true) }
      while end == nil, let event = data?.nextEvent() { try handle(event, isControl: false) }
      if Uptime.milliseconds >= state.nextDeadline { try take(.tick) }
    }
  }

  private func count(_ event: WorkerEvent) {
    guard case .computed(let slot, _, _) = event else { return }
    computedSlices += 1
    computedExamples += job?.slots[slot].slice.rows.count ?? 0
  }

  /// Throws when the other side has refused the connection for too long, or until the very end.
  private func requireAdmission() throws {
    var reason = control.barred ?? data?.barred
    if case .failed = end { reason = reason ?? control.refusal }
    guard let reason else { return }
    job?.pool.stop()
    throw Failure(
      "this worker is not admitted: \(reason)", at: "\(endpoint)",
      remedy: "see docs/security.md; `autoloss keys show FOLDER` tells fingerprints",
      exitCode: .refused)
  }

  private func handle(_ event: SocketEvent, isControl: Bool) throws {
    switch event {
    case .message(let message, _): try handle(message)
    case .malformed(let error, _): notice("a message of the coordinator is not used: \(error)")
    case .connected: try take(isControl ? .connected : .dataConnected)
    case .disconnected(let place):
      notice("the connection to \(place) broke; connecting again")
      guard isControl else { return }
      notice(waiting)
      try take(.disconnected)
    case .refused(let sentence): notice(sentence)
    case .lost: break
    }
  }

  private func handle(_ message: Message) throws {
    if case .welcome(let welcome) = message.body { try prepare(for: welcome) }
    guard let event = translation.event(message) else { return }
    try take(event, about: message)
  }

  private func take(_ event: WorkerEvent, about message: Message? = nil) throws {
    for order in state.handle(event, at: Uptime.milliseconds) {
      try perform(order, about: message)
    }
  }

  private func perform(_ order: WorkerOrder, about message: Message?) throws {
    if let message = translation.message(for: order, capacity: capacity) {
      _ = control.send(message)
      return
    }
    switch order {
    case .prepare(let slot, let lease): job?.prepare(slot, lease, report: mailbox)
    case .compute(let slot, let lease):
      guard case .rows(let answer)? = message?.body else {
        preconditionFailure("an order to compute without the rows")
      }
      job?.compute(slot, lease, with: answer, report: mailbox)
    case .sendPull(let slot, let lease):
      guard let pull = job?.slots[slot].pull else { return }
      _ = data?.send(Message(.pull(pull), translation.envelope(lease)))
    case .sendPush(let slot, let lease):
      guard let push = job?.slots[slot].push else { return }
      _ = data?.send(Message(.push(push), translation.envelope(lease)))
    case .exit(let end): self.end = end
    case .sendHello, .sendReport, .sendFailure, .sendBye: break
    }
  }

  /// Does what WELCOME says: builds the network and connects the data socket.
  private func prepare(for welcome: Welcome) throws {
    if job?.configurationText != welcome.configuration {
      job?.pool.stop()
      job = try WorkerJob(welcome, dataset: dataset, threads: threads, capacity: capacity)
      notice("joined the run at \(endpoint)")
    }
    let place = try Endpoint(welcome.dataAddress).reached(through: endpoint)
    guard place != dataEndpoint else { return }
    data?.close()
    let dealer = try Dealer(in: context, identity: identity, options: options)
    try dealer.connect(place)
    data = dealer
    dataEndpoint = place
  }
}
