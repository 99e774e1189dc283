import Cluster

/// What the edges would do: carry out orders, with losses on the way.
extension SimulatedCluster {
  mutating func startCoordinator() throws(Violation) {
    coordinatorLife += 1
    version = savedVersion
    applied = applied.filter { $0.key.step < savedVersion }
    model.restore(savedVersion)
    var settings = CoordinatorSettings(
      generation: UInt32(coordinatorLife),
      fingerprint: Fingerprint(build: "b", data: "d", vocabulary: "v"))
    // Kills are the weather here, not the slice's fault.
    settings.attemptLimit = 1_000_000
    (settings.staleness, settings.singleSlices) = (staleness, singleSlices)
    coordinator = CoordinatorState(settings)
    // After the loss of a server the process, and with it every connection, is still the same.
    let isNewProcess = reloadsUntil != now
    if isNewProcess {
      for identity in alive { post(.connected, to: identity, reliably: true) }
    }
    guard serverCount > 0 else { return try begin(version) }
    startFleet(isNewProcess: isNewProcess)
  }

  mutating func startWorker() {
    guard !isFinished else { return }
    let identity = WorkerIdentity(chance.next() | 1 << 63) << 64 | WorkerIdentity(chance.next())
    let capacity = Int(1 + chance.below(3))
    let clock = chance.below(1_000_000_000)
    workers[identity] = Worker(
      state: WorkerState(WorkerSettings(), at: now + clock), capacity: capacity, clock: clock,
      shares: Array(repeating: SimulatedShare(), count: WorkerSettings.slots))
    alive.append(identity)
    agenda.add(now, (.worker(identity), .toWorker(.connected)))
  }

  mutating func coordinate(_ event: CoordinatorEvent) throws(Violation) {
    noteReport(event)
    guard let orders = coordinator?.handle(event, at: coordinatorTime) else { return }
    if case .push(_, let generation, let work, _, let origin) = event,
      orders.contains(where: { if case .apply = $0 { true } else { false } })
    {
      for slice in work.slices {
        let isKnown = model.add(step: work.step, slice: slice, version: origin.version)
        try check(isKnown, "\(work) was computed from parameters that never were")
      }
      try check(
        generation == coordinatorLife, "\(work) of generation \(generation) was applied")
      try check(
        origin.version <= work.step && origin.version + staleness >= work.step,
        "\(work) was computed from version \(origin.version)")
      try check(
        staleness > 0 || !hasController && serverCount > 0
          || origin.controllerVersion == work.step / 3,
        "\(work) was weighed by controller \(origin.controllerVersion)")
    }
    try carryOut(orders)
  }

  mutating func committed(_ step: UInt64) throws(Violation) {
    for slice in 0..<sliceCount {
      let count = applied[Work(step: step, slice: slice), default: 0]
      try check(count == 1, "\(slice) of \(step) was applied \(count) times at the commit")
    }
    model.commit(step)
    (version, progressAt) = (step + 1, now)
    let saves = chance.happens(0.3) || version == stepCount
    guard serverCount > 0 else {
      if saves { savedVersion = version }
      return try goOn()
    }
    try commitFleet(step, saves: saves)
  }

  /// Begins the next step, or ends the run.
  mutating func goOn() throws(Violation) {
    if version < stepCount { return try begin(version) }
    isFinished = true
    coverage = coordinator?.status(at: coordinatorTime).counts ?? coverage
    try carryOut(coordinator?.finish(.done, "all steps are done", at: coordinatorTime) ?? [])
    try finishFleet()
  }

  mutating func deliver(
    _ event: WorkerEvent, _ happening: Happening, to identity: WorkerIdentity
  ) throws(Violation) {
    guard var worker = workers[identity], alive.contains(identity),
      !isPutOff(happening, for: identity)
    else { return }
    switch event {
    case .prepared(let slot, _), .computed(let slot, _, _), .failed(let slot, _, _):
      worker.busy.remove(slot)
    case .tick: worker.nextTick = .max
    case .progressed(let slot, let work): noteProgress(slot, work, of: identity)
    default: break
    }
    let orders = worker.state.handle(event, at: now + worker.clock)
    workers[identity] = worker
    try carryOut(orders, of: identity)
    scheduleTick(of: identity)
  }

  /// The coordinator is asked to let a worker go.
  mutating func drain(_ identity: WorkerIdentity) throws(Violation) {
    try carryOut(coordinator?.drain(identity, at: coordinatorTime) ?? [])
  }

  mutating func begin(_ step: UInt64) throws(Violation) {
    let controllerVersion = controllerVersion
    guard
      let orders = coordinator?.beginStep(
        step, sliceCount: sliceCount, controllerVersion: controllerVersion, last: stepCount - 1,
        at: coordinatorTime)
    else { return }
    try carryOut(orders)
  }

  /// How often the controller has been updated.
  private var controllerVersion: UInt64 {
    serverCount > 0 && !hasController ? 0 : version / 3
  }

  private mutating func carryOut(_ orders: [CoordinatorOrder]) throws(Violation) {
    let generation = UInt32(coordinatorLife)
    try checkPatience(orders)
    for order in orders {
      switch order {
      case .welcome(let worker):
        let welcome = WorkerEvent.welcomed(
          job: 7, generation: generation, heartbeatMilliseconds: 500, creditBytes: 300)
        guard serverCount > 0 else {
          post(welcome, to: worker)
          continue
        }
        post(
          .welcome(welcome, generation: generation, servers: fleet.state?.identities ?? []),
          to: worker)
      case .refuse(_, _, let sentence), .fail(let sentence):
        throw Violation(description: "at \(now) ms: \(sentence)")
      case .lease(let worker, let lease):
        try check(
          (version...version + staleness + 1).contains(lease.work.step)
            && lease.work.step < stepCount, "\(lease.work) was leased at version \(version)")
        try check(!singleSlices || lease.work.slices.count == 1, "\(lease.work) is no single slice")
        post(.leased(generation: generation, lease), to: worker)
      case .wait(let worker, let reason): post(.toldToWait(reason), to: worker)
      case .sendRows(let worker, let work, _):
        try check(
          (version...version + staleness).contains(work.step),
          "rows of \(work) were read at version \(version)")
        let origin = PushOrigin(version: version, controllerVersion: controllerVersion)
        post(.rows(from: nil, generation: generation, work, origin), to: worker)
      case .apply(_, let work):
        try checkDelivery(work)
        // Servers may be at the next version before the coordinator is told that it has come.
        try check(
          (version...version + staleness + (serverCount > 0 ? 1 : 0)).contains(work.step),
          "\(work) was applied at version \(version)")
        for slice in work.slices {
          let single = Work(step: work.step, slice: slice)
          applied[single, default: 0] += 1
          try check(applied[single] == 1, "\(single) was applied twice")
        }
      case .acknowledge(let worker, let work):
        post(.acknowledged(generation: generation, work), to: worker)
      case .reject(let worker, let code, let work, let sentence):
        post(.rejected(code, work, sentence), to: worker)
      case .commit(let step):
        try check(step == version, "step \(step) was committed at version \(version)")
        agenda.add(
          now + 1 + chance.below(20), (.coordinator(life: coordinatorLife), .committed(step: step)))
      case .stop(let worker, let code, let sentence): post(.stopped(code, sentence), to: worker)
      case .log: break
      }
    }
    guard let deadline = coordinator?.nextDeadline else { return }
    let due = max(deadline, coordinatorTime + 1) - coordinatorClock
    guard due < coordinatorTick else { return }
    coordinatorTick = due
    agenda.add(coordinatorTick, (.coordinator(life: coordinatorLife), .tick))
  }

  private mutating func carryOut(
    _ orders: [WorkerOrder], of identity: WorkerIdentity
  ) throws(Violation) {
    guard let worker = workers[identity] else { return }
    let generation = worker.state.generation
    for order in orders {
      switch order {
      case .sendHello:
        let fingerprint = Fingerprint(build: "b", data: "d", vocabulary: "v")
        post(.hello(identity, fingerprint, capacity: worker.capacity), from: identity)
      case .sendReport(_, let progress, _):
        post(
          .report(identity, generation: generation, capacity: worker.capacity, progress),
          from: identity)
      case .prepare(let slot, let lease):
        workers[identity]?.shares[slot] = SimulatedShare()
        try startComputing(slot, of: identity, .prepared(slot: slot, lease.work))
      case .compute(let slot, let lease):
        try checkAnswers(slot, of: identity)
        try startComputing(slot, of: identity, .computed(slot: slot, lease.work, pushBytes: 100))
      case .sendPull(let slot, let lease) where serverCount > 0:
        sendPulls(slot, lease, of: identity)
      case .sendPush(let slot, let lease) where serverCount > 0:
        sendPushes(slot, lease, of: identity)
      case .sendPull(_, let lease):
        post(
          .pull(identity, generation: generation, lease.work, attempt: lease.attempt),
          from: identity)
      case .sendPush(let slot, let lease):
        post(
          .push(
            identity, generation: generation, lease.work, attempt: lease.attempt,
            worker.shares[slot].origin), from: identity)
      case .sendFailure(let lease, let sentence):
        post(.failure(identity, generation: generation, lease.work, sentence), from: identity)
      case .sendBye(let reason): post(.bye(identity, reason), from: identity)
      case .exit(let end): try leave(identity, end)
      }
    }
  }

  private mutating func leave(_ identity: WorkerIdentity, _ end: WorkerEnd) throws(Violation) {
    alive.removeAll { $0 == identity }
    exits += 1
    if case .refused(let sentence) = end { throw Violation(description: sentence) }
    if !isFinished { agenda.add(now + 500, (nil, .startWorker)) }
  }

  private mutating func startComputing(
    _ slot: Int, of identity: WorkerIdentity, _ result: WorkerEvent
  ) throws(Violation) {
    let isNew = workers[identity]?.busy.insert(slot).inserted ?? false
    try check(isNew, "slot \(slot) was given to two computations")
    // Some computations take longer than a lease, or than anybody waits who hears of no progress.
    var time = chance.happens(0.01) ? 8000 : 5 + chance.below(100)
    if now < weather.chaosMilliseconds, chance.happens(weather.hangs) { return }
    if time == 8000, case .computed(_, let work, _) = result {
      if chance.happens(0.1) { time = 70_000 }
      for passed in stride(from: 1000, to: time, by: 1000) {
        let event = WorkerEvent.progressed(slot: slot, work)
        agenda.add(now + passed, (.worker(identity), .computed(event)))
      }
    }
    agenda.add(now + time, (.worker(identity), .computed(result)))
  }

  private mutating func scheduleTick(of identity: WorkerIdentity) {
    guard alive.contains(identity), let worker = workers[identity] else { return }
    let tick = schedule(
      .worker(identity), worker.state.nextDeadline, clock: worker.clock, planned: worker.nextTick)
    workers[identity]?.nextTick = tick
  }

  /// Lets a worker or server look at its `clock`, so far ahead, when that shows `due`, unless it is
  /// `planned` to before; returns when it does.
  mutating func schedule(
    _ target: Target, _ due: UInt64, clock: UInt64, planned: UInt64
  ) -> UInt64 {
    guard due < .max else { return planned }
    let deadline = max(due, now + clock + 1) - clock
    guard deadline < planned else { return planned }
    agenda.add(deadline, (target, .tick))
    return deadline
  }

  /// Whether a frozen worker gets what happens later.
  mutating func isPutOff(_ happening: Happening, for identity: WorkerIdentity) -> Bool {
    guard let time = workers[identity]?.frozenUntil, time > now else { return false }
    agenda.add(time, (.worker(identity), happening))
    return true
  }
}

/// The network.
extension SimulatedCluster {
  mutating func post(_ event: WorkerEvent, to identity: WorkerIdentity, reliably: Bool = false) {
    for delay in delays(reliably ? nil : identity) {
      agenda.add(now + delay, (.worker(identity), .toWorker(event)))
    }
  }

  mutating func post(_ message: OwnerMessage, to identity: WorkerIdentity) {
    for delay in delays(identity) {
      agenda.add(now + delay, (.worker(identity), .toWorkerEdge(message)))
    }
  }

  mutating func post(_ event: CoordinatorEvent, from identity: WorkerIdentity) {
    for delay in delays(identity) {
      agenda.add(now + delay, (.coordinator(life: coordinatorLife), .toCoordinator(event)))
    }
  }

  /// When copies of a message between a worker and the coordinator arrive; none when it is lost.
  private mutating func delays(_ identity: WorkerIdentity?) -> [UInt64] {
    guard let identity else { return [chance.below(50)] }
    return delays(isCut: workers[identity].map { $0.cutUntil > now } ?? false)
  }

  /// When copies of a message arrive; none when it is lost.
  mutating func delays(isCut: Bool) -> [UInt64] {
    if isCut || chance.happens(weather.drop) { return [] }
    var delays = [1 + chance.below(weather.delayMilliseconds)]
    if chance.happens(weather.duplicate) { delays.append(chance.below(2000)) }
    return delays
  }
}
