import Cluster
import Kernels
import Messages
import Optimization
import Search
import Transport

/// Lets workers compute the slices of a step, and applies what they push.
///
/// Belongs to the thread that drives the run: sockets are served while a step waits for its
/// slices. What happens is decided by `CoordinatorState`; this is the plain loop around it.
final class ClusterExecutor: StepExecutor {
  let compute: LocalCompute
  let control: Router
  let data: Router
  private let poller: Poller
  private(set) var translation: CoordinatorTranslation
  let observer: any RunObserver
  let stop: StopSignal
  var state: CoordinatorState
  /// The parameters, where this process owns them; nil when servers do.
  let owner: ParameterOwner?
  /// The threads of this process that compute as a worker does; nil when others do all.
  let resident: ResidentWorker?
  /// The servers that own the parameters; nil when this process does.
  let fleet: ServerFleet?
  var sums: StepSums
  /// HELLOs of workers that came before the servers had their parameters.
  private var early: [PeerIdentity: Incoming] = [:]
  var isComplete = false
  private(set) var hasBegun = false
  /// Whether it waits for the workers that the first step needs.
  private(set) var gathersWorkers = false
  /// How many workers the first step waits for.
  var expectedWorkers: Int
  /// `staleness` of the generations before this one.
  var earlierStaleness: [Int] = []
  /// Whether all of them had come.
  private var hasGathered = false
  /// The steps that are done when the next save comes, if it was announced.
  var savesAfter: Int?
  /// What went wrong where nothing can be thrown.
  var putOff: (any Error)?
  /// Workers that were told to stop and have not gone yet.
  var leaving: Set<PeerIdentity> = []
  private var lastWorkerSeen = Uptime.milliseconds
  /// When the worker inside this process was heard last.
  var residentReportedAt: UInt64 = 0
  /// What people are told who ask.
  var desk: StatusDesk
  /// What this process does while it does not listen, and what came meanwhile.
  var occupation: String?
  var postponed: [SocketEvent] = []
  /// Where the failure that ended the run began, as far as it was not here.
  var cause: FirstFailure?
  /// The controller's gradient beside the steps; nil where the controller has no delay.
  let delayed: DelayedGradient?
  var tally = RefusalTally(others: "more messages are not used, for other reasons")

  var parts: RunParts { compute.parts }

  /// A message that is being handled: orders refer to its content.
  struct Incoming {
    var message: Message
    var sender: PeerIdentity
  }

  init(
    compute: LocalCompute, sockets: CoordinatorSockets, identity: JobIdentity,
    fingerprint: Fingerprint, observer: any RunObserver, stop: StopSignal
  ) {
    self.compute = compute
    self.observer = observer
    self.stop = stop
    (control, data) = (sockets.control, sockets.data)
    let program = compute.parts.program
    translation = CoordinatorTranslation(
      job: identity.job, generation: identity.generation,
      welcome: Welcome(
        configuration: compute.parts.configuration.told(compute.parts.plateauDrops).yaml,
        dataAddress: sockets.dataEndpoint.description,
        rowCount: UInt64(compute.parts.schema.rowCount), rowWidth: UInt32(program.rowWidth),
        denseCount: UInt64(program.denseCount),
        statisticsCount: UInt64(program.statisticsCount)))
    var settings = CoordinatorSettings(
      generation: identity.generation, fingerprint: fingerprint)
    let cluster = compute.parts.configuration.cluster
    expectedWorkers = cluster.expectWorkers
    settings.leaseMilliseconds = UInt64(cluster.leaseSeconds * 1000)
    translation.welcome.heartbeatMilliseconds = UInt32(clamping: settings.reportMilliseconds)
    settings.staleness = cluster.oldestParameters
    settings.singleSlices = cluster.pushCodec != .float32
    state = CoordinatorState(settings)
    desk = StatusDesk(compute.source.schedule, at: Uptime.milliseconds)
    let source = compute.source
    let sizes = SliceSizes(compute.parts) { source.rowCount(step: $0, slice: $1) }
    sums = StepSums(slices: compute.slices, sizes: sizes)
    resident =
      cluster.computeThreads > 0
      ? ResidentWorker(
        parts: compute.parts, source: source, threads: cluster.computeThreads,
        identity: ProcessIdentity().number) : nil
    let waker = resident?.mailbox.waker ?? Waker()
    poller = Poller([control, data], waker: waker)
    delayed = DelayedGradient(compute, waker: waker)
    guard cluster.servers > 0 else {
      owner = ParameterOwner(
        parts: compute.parts, openSteps: settings.stepsAhead + 1, sizes: sizes,
        threads: compute.threads)
      fleet = nil
      return
    }
    owner = nil
    fleet = ServerFleet(
      parts: compute.parts, sockets: sockets, job: identity.job, welcome: translation.welcome,
      settings: FleetSettings(
        generation: identity.generation, fingerprint: Fingerprint(build: fingerprint.build),
        servers: cluster.servers, version: UInt64(compute.parts.store.version)),
      waker: waker, observer: observer)
  }

  var workers: Int { state.workerCount }

  /// Of this generation and those before it in this process; empty where parameters are never old:
  /// figures of it would only puzzle.
  var staleness: [Int] {
    guard parts.configuration.cluster.mode != .sync else { return [] }
    return Staleness.sum(earlierStaleness, state.staleness)
  }

  /// Waits, before the first step, until enough workers have joined; throws when they do not come
  /// in time.
  private func waitForWorkers() throws {
    guard !hasBegun else { return }
    try waitForServers()
    hasBegun = true
    let wanted = expectedWorkers
    gathersWorkers = true
    defer { gathersWorkers = false }
    try admitResident()
    let own = resident == nil ? 0 : 1
    lastWorkerSeen = Uptime.milliseconds
    while workers < wanted + own {
      try serve()
      try requireQuorum(
        wanted + own,
        missing: "\(wanted + own - workers) of \(wanted) workers have not joined")
    }
    hasGathered = true
  }

  /// How many workers the next generation of the run is to wait for: not for those that were lost.
  var remainingWorkers: Int {
    guard hasGathered else { return expectedWorkers }
    let own = resident?.isMember == true ? 1 : 0
    return min(expectedWorkers, max(workers - own, 1 - own))
  }

  /// Waits until all servers hold their parameters; workers are told of them from then on.
  func waitForServers() throws {
    guard let fleet, translation.welcome.serverAddresses.isEmpty else { return }
    lastWorkerSeen = Uptime.milliseconds
    var progress = (fleet.waitsFor, fleet.restoredRows)
    while translation.welcome.serverAddresses.isEmpty {
      try serve()
      if let addresses = fleet.addresses { translation.welcome.serverAddresses = addresses }
      let present = (fleet.waitsFor, fleet.restoredRows)
      if present != progress { (progress, lastWorkerSeen) = (present, Uptime.milliseconds) }
      try requireQuorum(
        .max, missing: "the run still waits for \(fleet.waitsFor)",
        remedy: "start servers with `autoloss server --coordinator`, look at their logs")
    }
    let waiting = early.values.sorted { $0.sender < $1.sender }
    early = [:]
    for hello in waiting { try handle(hello) }
  }

  func train(step: Int, upcoming: LocalCompute.Reads) throws -> StrategySums {
    try waitForWorkers()
    isComplete = false
    lastWorkerSeen = Uptime.milliseconds
    let version = UInt64(parts.controller?.updates ?? 0)
    try perform(
      state.beginStep(
        UInt64(step), sliceCount: compute.slices, controllerVersion: version,
        last: UInt64(compute.source.schedule.totalSteps - 1), at: Uptime.milliseconds),
      about: nil)
    try beginControllerGradient(of: step)
    while !isComplete {
      try serve()
      try requireQuorum(1, missing: "no worker is left")
    }
    try fleet?.commit(step: step, captures: savesAfter == step + 1)
    owner?.apply()
    resident?.forget(below: UInt64(parts.store.version))
    let slices = sums.take(step: UInt64(step))
    compute.note(rows: slices.map(\.rows))
    var total = parts.strategy.noSums
    for slice in slices { total.add(slice) }
    parts.learn(from: total)
    desk.count(examples: total.rows, at: Uptime.milliseconds)
    return total
  }

  /// Tells all workers that the run is over, and waits a little until they have gone: a late report
  /// is answered by the same word, so that one that was lost does no harm. A worker that is just
  /// connecting is told as well, for nobody will be there to tell it later; a run that had nothing
  /// left to do waits longer, for all its workers may be looking for it.
  /// Of a run that failed, `cause` says where that began.
  func finish(_ code: StopCode, _ sentence: String, cause: FirstFailure? = nil) throws {
    let began = Uptime.milliseconds
    (self.cause, putOff) = (cause, nil)
    fleet?.cause = cause
    try perform(state.finish(code, sentence, at: began), about: nil)
    try fleet?.finish(code, sentence)
    // Servers are heard twice a second: a STOP that was lost is said again.
    let welcome: UInt64 = !hasBegun ? 2500 : fleet == nil ? 500 : 1200
    var now = began
    while now < began + welcome || (!leaving.isEmpty && now < began + 2000) {
      try listen()
      now = Uptime.milliseconds
    }
    control.close(lingerMilliseconds: 500)
    data.close(lingerMilliseconds: 0)
  }
}

/// Waiting and listening.
extension ClusterExecutor {
  /// Waits for what comes next and handles it, unless the run is to stop.
  func serve() throws {
    if stop.isRequested { throw StopRequested() }
    try listen()
  }

  /// Waits for what comes next, at most until something can become late, and handles it.
  func listen() throws {
    if let error = putOff {
      putOff = nil
      throw error
    }
    let now = Uptime.milliseconds
    let deadline = state.nextDeadline
    let due = min(deadline ?? now + 100, now + 100)
    // Rows of the next step are computed in small pieces while nothing comes.
    let isBusy = owner?.lookAhead() ?? false
    let isLate = due <= now || !postponed.isEmpty
    poller.wait(atMostMilliseconds: isLate || isBusy ? 0 : Int(due - now))
    while !postponed.isEmpty { try handle(postponed.removeFirst(), isControl: true) }
    while let event = control.nextEvent() { try handle(event, isControl: true) }
    while let event = data.nextEvent() { try handle(event, isControl: false) }
    try serveResident()
    try fleet?.keepTime()
    while let line = tally.due(atMilliseconds: Uptime.milliseconds) {
      observer.observe(.notice(line))
    }
    let later = Uptime.milliseconds
    if let deadline, later >= deadline {
      try perform(state.handle(.tick, at: later), about: nil)
    }
  }

  private func handle(_ event: SocketEvent, isControl: Bool) throws {
    switch event {
    case .message(let message, let sender):
      try handle(Incoming(message: message, sender: sender))
    case .malformed(.protocolVersion(let version), let sender):
      let sentence =
        "the worker speaks version \(version) of the protocol, the coordinator "
        + "\(WireLimits.protocolVersion); install the same build on all hosts"
      let refusal = Message(
        .refuse(Notice(.otherProtocol, sentence)), translation.envelope())
      report((isControl ? control : data).send(refusal, to: sender), sender)
      observer.observe(.notice("worker \(sender.shortName) is refused: \(sentence)"))
    case .malformed(let error, let sender):
      observer.observe(.notice("a message of \(sender.shortName) is not used: \(error)"))
    case .lost(let worker):
      // A data connection comes and goes; who is alive is decided on the control connection.
      guard isControl else { return }
      if let fleet, try fleet.lose(worker) { return }
      early[worker] = nil
      leaving.remove(worker)
      desk.forget(worker)
      try perform(state.handle(.lost(worker), at: Uptime.milliseconds), about: nil)
    case .refused(let sentence):
      observer.observe(.notice(sentence))
    case .connected, .disconnected:
      break
    }
  }

  private func handle(_ incoming: Incoming) throws {
    let envelope = incoming.message.envelope
    if case .inquire(let inquiry) = incoming.message.body {
      return try answer(inquiry, envelope, of: incoming.sender)
    }
    if let job = isForeign(incoming) {
      return tell("a message of job \(job) is not used: it is not this run")
    }
    desk.note(incoming.message, from: incoming.sender)
    if let fleet, try fleet.take(incoming.message, from: incoming.sender) { return }
    if case .hello = incoming.message.body, let fleet, translation.welcome.serverAddresses.isEmpty {
      early[incoming.sender] = incoming
      let answer = Message(.wait("\(fleet.waitsFor)"), translation.envelope())
      return report(control.send(answer, to: incoming.sender), incoming.sender)
    }
    if case .bye = incoming.message.body { early[incoming.sender] = nil }
    try requireFinite(incoming)
    let now = Uptime.milliseconds
    if let sentence = defect(incoming) {
      let failure = CoordinatorEvent.failure(
        incoming.sender, generation: envelope.generation, envelope.work, sentence)
      return try perform(state.handle(failure, at: now), about: nil)
    }
    guard let event = translation.event(incoming.message, from: incoming.sender) else { return }
    try perform(state.handle(event, at: now), about: incoming)
  }

  /// The job of a message that belongs to another run; a HELLO belongs to none yet.
  private func isForeign(_ incoming: Incoming) -> UInt64? {
    switch incoming.message.body {
    case .hello, .bye: return nil
    default: break
    }
    let job = incoming.message.envelope.job
    return job == translation.job ? nil : job
  }

  /// What is wrong with the content of a pull or push of an open step; the content of one that
  /// does not count is neither looked at nor noted.
  private func defect(_ incoming: Incoming) -> String? {
    let envelope = incoming.message.envelope
    guard state.admits(incoming.sender, generation: envelope.generation) else { return nil }
    let work = envelope.work
    switch incoming.message.body {
    case .pull(let pull):
      guard let owner else {
        return pull.ids.count == 0 ? nil : "the rows are owned by servers"
      }
      // Another node of the tree than the step is cut into would stand in its way.
      return state.isUnit(work) ? owner.note(pull, work) : nil
    case .push(let push):
      guard let owner else { return "the parameters are owned by servers" }
      return owner.defect(push, work)
    case .delivered(let delivery):
      return fleet == nil
        ? "there are no servers to deliver to" : sums.defect(delivery, work)
    default: return nil
    }
  }

  private func requireQuorum(
    _ wanted: Int, missing: String, remedy: String = "start workers with --coordinator"
  ) throws {
    let now = Uptime.milliseconds
    if workers >= wanted { lastWorkerSeen = now }
    let patience = UInt64(parts.configuration.cluster.quorumSeconds * 1000)
    guard now - lastWorkerSeen > patience else { return }
    cause = blamed
    throw Failure(
      "\(missing) after \(parts.configuration.cluster.quorumSeconds) s",
      at: "coordinator, step \(parts.store.version)",
      remedy: "\(remedy), or raise cluster.quorumSeconds",
      exitCode: .unavailable)
  }
}
