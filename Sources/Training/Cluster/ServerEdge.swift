import Cluster
import Kernels
import Messages
import Optimization
import Transport

/// A server process: owns a part of the parameters, answers pulls, keeps and applies gradients.
///
/// Belongs to the thread that runs it, as its sockets do. What happens is decided by `ServerState`;
/// this is the plain loop around it.
final class ServerEdge {
  private let context: Context
  private let endpoint: Endpoint
  private let options: SocketOptions
  private let identity: PeerIdentity
  private let threads: Int
  private let stop: StopSignal
  private let notice: (Severity, String) -> Void
  private let control: Dealer
  private let workers: Router
  private var data: Dealer?
  private var dataEndpoint: Endpoint?
  private var state: ServerState
  private var translation: ServerTranslation
  private var job: ServerJob?
  private var jobGeneration: UInt32 = 0
  private var assignment: Assignment?
  private var questions: [UInt64: Fetch] = [:]
  private var end: WorkerEnd?
  /// Where the failure of the run began, if the coordinator has told it.
  private(set) var cause: FirstFailure?
  private var tally = RefusalTally(others: "more messages are not used, for other reasons")
  /// Steps that were applied here.
  private(set) var appliedSteps = 0

  /// Where workers reach it.
  let workerEndpoint: Endpoint

  init(
    addresses: ServerAddresses, identity process: ProcessIdentity, protection: Protection,
    threads: Int, build: String, connectSeconds: Int = 600, stop: StopSignal,
    notice: @escaping (Severity, String) -> Void
  ) throws {
    endpoint = addresses.coordinator
    options = protection.options
    self.threads = threads
    self.stop = stop
    self.notice = notice
    context = try protection.context()
    identity = process.number
    workers = try Router(in: context, options: protection.serverOptions)
    workerEndpoint = try addresses.told(for: workers.bind(addresses.listen))
    control = try Dealer(in: context, identity: identity, options: options)
    try control.connect(endpoint)
    var settings = ServerSettings()
    settings.patienceMilliseconds = UInt64(connectSeconds) * 1000
    state = ServerState(settings, at: Uptime.milliseconds)
    translation = ServerTranslation(
      hello: Hello(
        identity: identity, role: .server, build: build, dataHash: "", vocabularyHash: "",
        blasKernel: "", dataAddress: workerEndpoint.description, host: process.host,
        rank: process.rank))
  }

  /// Serves until the run is over, the coordinator sends this server away, or it is asked to stop.
  func run() throws -> WorkerEnd {
    var isLeaving = false
    while true {
      if stop.isRequested, !isLeaving {
        isLeaving = true
        try take(.leave("it was asked to stop"))
      }
      try requireAdmission()
      if let end {
        control.close(lingerMilliseconds: 1000)
        data?.close()
        workers.close()
        return end
      }
      let now = Uptime.milliseconds
      let due = min(state.nextDeadline, now + 200)
      let sockets: [any Pollable] = [control, workers] + (data.map { [$0] } ?? [])
      let isBusy = job?.owner.lookAhead() ?? false
      Poller(sockets).wait(atMostMilliseconds: due > now && !isBusy ? Int(due - now) : 0)
      while end == nil, let event = control.nextEvent() { try handle(event, isControl: true) }
      while end == nil, let event = data?.nextEvent() { try handle(event, isControl: false) }
      while end == nil, let event = workers.nextEvent() { try handleWorker(event) }
      while let line = tally.due(atMilliseconds: Uptime.milliseconds) { notice(.warning, line) }
      if Uptime.milliseconds >= state.nextDeadline { try take(.tick) }
    }
  }

  /// Throws when the coordinator has refused the connection for too long, or until the very end.
  private func requireAdmission() throws {
    var reason = control.barred ?? data?.barred
    if case .failed = end { reason = reason ?? control.refusal }
    guard let reason else { return }
    throw Failure(
      "this server is not admitted: \(reason)", at: "\(endpoint)",
      remedy: "see docs/security.md; `autoloss keys show FOLDER` tells fingerprints",
      exitCode: .refused)
  }

  private func handle(_ event: SocketEvent, isControl: Bool) throws {
    switch event {
    case .message(let message, _): try handle(message)
    case .malformed(let error, _):
      notice(.warning, "a message of the coordinator is not used: \(error)")
    case .connected: if isControl { try take(.connected) }
    case .disconnected(let place):
      notice(.warning, "the connection to \(place) broke; connecting again")
      if isControl { try take(.disconnected) }
    case .refused(let sentence): notice(.warning, sentence)
    case .lost: break
    }
  }

  /// A message of the coordinator.
  private func handle(_ message: Message) throws {
    let isPresent = message.envelope.generation == translation.generation
    switch message.body {
    case .assign(let assignment) where isPresent: self.assignment = assignment
    case .fetch(let fetch) where isPresent:
      // The coordinator has a few questions at a time; older ones were answered or given up.
      if questions.count >= 64 { questions = [:] }
      questions[message.envelope.request] = fetch
    case .restore(let contents) where isPresent: return try restore(contents)
    case .cause(let cause): self.cause = cause
    default: break
    }
    guard let event = translation.event(message, from: 0) else { return }
    try take(event)
    // What is captured is told at once or, if it is not wanted any more, never.
    if case .fetch(let fetch) = message.body, fetch.ofCapture {
      questions[message.envelope.request] = nil
    }
  }

  private func handleWorker(_ event: SocketEvent) throws {
    switch event {
    case .message(let message, let worker):
      switch message.body {
      case .pull, .push: try handle(message, of: worker)
      default: tell("worker \(worker.shortName) sent what no worker sends a server")
      }
    case .malformed(let error, let worker):
      notice(.warning, "a message of \(worker.shortName) is not used: \(error)")
    case .refused(let sentence): notice(.warning, sentence)
    case .lost, .connected, .disconnected: break
    }
  }

  private func handle(_ message: Message, of worker: PeerIdentity) throws {
    let envelope = message.envelope
    if envelope.job == translation.job, envelope.generation == jobGeneration, let job,
      let sentence = defect(message, job)
    {
      let notice = Notice(.malformed, sentence)
      let answer = Message(
        .reject(notice),
        translation.envelope(envelope.work, request: 1))
      _ = workers.send(answer, to: worker)
      return tell("worker \(worker.shortName), \(envelope.work): \(sentence)")
    }
    guard let event = translation.event(message, from: worker) else { return }
    try take(event, about: message)
  }

  /// Tells what somebody else may make happen as often as they like: once, and then how often.
  private func tell(_ sentence: String) {
    let line = tally.add(sentence, atMilliseconds: Uptime.milliseconds)
    if let line { notice(.warning, line) }
  }

  private func defect(_ message: Message, _ job: ServerJob) -> String? {
    let envelope = message.envelope
    switch message.body {
    case .pull(let pull): return job.owner.note(pull, envelope.work)
    case .push(let push): return job.owner.defect(push, envelope.work)
    default: return nil
    }
  }

  private func take(_ event: ServerEvent, about message: Message? = nil) throws {
    let orders = state.handle(event, at: Uptime.milliseconds)
    var isPrepared = false
    var unusable: (work: Work, sentence: String)?
    for (index, order) in orders.enumerated() {
      if case .apply = order {
        job?.owner.apply()
        appliedSteps += 1
        isPrepared = false
        continue
      }
      if case .keep(let work) = order, let sentence = keep(work, message) {
        unusable = (work, sentence)
        continue
      }
      // What is not kept is not confirmed: its worker tells the coordinator why.
      if case .acknowledge(let worker, let work) = order, let refused = unusable,
        refused.work == work
      {
        refuse(work, of: worker, refused.sentence)
        continue
      }
      // Rows of all pulls that are answered at one version are caught up together.
      if !isPrepared, order.answeredWork != nil {
        job?.owner.prepare(orders[index...].compactMap(\.answeredWork))
        isPrepared = true
      }
      try perform(order)
    }
    if let unusable { try take(.unusable(unusable.work)) }
  }

  private func perform(_ order: ServerOrder) throws {
    if let message = translation.message(for: order, waitsFor: state.waitsFor) {
      _ = control.send(message)
      return
    }
    if let (message, worker) = translation.answer(for: order) {
      _ = workers.send(message, to: worker)
      return
    }
    switch order {
    case .load(let version): try load(version)
    case .sendRows(let worker, let work, let attempt): sendRows(to: worker, work, attempt)
    case .capture: job?.beginCapture()
    case .releaseCapture: job?.endCapture()
    case .sendContents(let request): sendContents(request)
    case .sendCaptured(let request): sendCaptured(request)
    case .log(let severity, let text): notice(severity, text)
    case .exit(let end): self.end = end
    default: break
    }
  }
}

/// Acting.
extension ServerEdge {
  private func load(_ version: UInt64) throws {
    guard let assignment else { preconditionFailure("an order to load without an assignment") }
    job = nil
    questions = [:]
    let place = try Endpoint(assignment.dataAddress).reached(through: endpoint)
    if place != dataEndpoint {
      data?.close()
      let dealer = try Dealer(in: context, identity: identity, options: options)
      try dealer.connect(place)
      (data, dataEndpoint) = (dealer, place)
    }
    do {
      let job = try ServerJob(assignment, version: version, threads: threads)
      self.job = job
      jobGeneration = translation.generation
      notice(
        .info,
        "owns \(job.rowCount) rows as server \(assignment.seat + 1) of \(assignment.servers), "
          + "from step \(version)")
    } catch {
      // Taken in the next round: an order must not be answered while orders are carried out.
      end = .failed((error as? any Explained)?.what ?? "\(error)")
      let message = translation.message(
        for: .sendFailure("it cannot hold its parameters: \(error)"), waitsFor: "")
      if let message { _ = control.send(message) }
    }
  }

  private func restore(_ contents: Contents) throws {
    guard let job, jobGeneration == translation.generation else { return }
    // What is not the next piece is sent again from where this server stands.
    let isTaken = job.restore(contents)
    let progress = Message(
      .acknowledge,
      translation.envelope(step: state.version, request: UInt64(job.restoredRows)))
    _ = data?.send(progress)
    if isTaken, contents.isLast {
      try take(.loaded(generation: jobGeneration))
    }
  }

  private func sendRows(to worker: PeerIdentity, _ work: Work, _ attempt: Int) {
    guard let answer = job?.owner.answer(work, controller: nil) else { return }
    let envelope = translation.envelope(work, attempt: attempt)
    _ = workers.send(Message(.rows(answer), envelope), to: worker)
  }

  /// Keeps what was pushed; returns why it cannot, or nil.
  private func keep(_ work: Work, _ message: Message?) -> String? {
    guard case .push(let push)? = message?.body else {
      preconditionFailure("an order to keep without its push")
    }
    guard let job else { return nil }
    do throws(GradientError) {
      try job.owner.keep(push, work)
      return nil
    } catch {
      return error.sentence(RowNames(schema: job.owner.parts.schema))
    }
  }

  private func refuse(_ work: Work, of worker: PeerIdentity, _ sentence: String) {
    let answer = Message(
      .reject(Notice(.notFinite, sentence)), translation.envelope(work, request: 1))
    _ = workers.send(answer, to: worker)
    tell("worker \(worker.shortName), \(work): \(sentence)")
  }

  private func sendContents(_ request: UInt64) {
    guard let fetch = questions.removeValue(forKey: request), let job else { return }
    guard let contents = job.contents(fetch) else {
      let failure = translation.message(
        for: .sendFailure("the coordinator asks for rows of another server"), waitsFor: "")
      if let failure { _ = control.send(failure) }
      return
    }
    _ = data?.send(
      Message(.contents(contents), translation.envelope(step: state.version, request: request)))
  }

  private func sendCaptured(_ request: UInt64) {
    // What is no piece to send now was sent before, or is asked for again.
    guard let fetch = questions.removeValue(forKey: request), let contents = job?.captured(fetch)
    else { return }
    let envelope = translation.envelope(step: state.captured, request: request)
    _ = data?.send(Message(.contents(contents), envelope))
  }
}

extension ServerOrder {
  /// The unit whose pull is to be answered, if this is such an order.
  fileprivate var answeredWork: Work? {
    if case .sendRows(_, let work, _) = self { work } else { nil }
  }
}
