/// Who computes what.
extension CoordinatorState {
  /// Why a unit that somebody holds is leased to another worker as well.
  static let ranOut = ": nobody has got on with it"
  static let isLate = ": it takes long"

  mutating func report(_ worker: WorkerIdentity, _ capacity: Int, _ progress: [Progress]) {
    members[worker]?.capacity = max(1, capacity)
    let ordersBefore = orders.count
    for item in progress { renew(worker, item) }
    for index in steps.indices {
      for unit in steps[index].held(by: worker)
      where !progress.contains(where: { $0.work == steps[index].work(unit) }) {
        sendAgain(index, unit, to: worker)
      }
    }
    assign()
    // Every report has an answer, so a worker can tell a busy coordinator from a dead one.
    let isAnswered = orders[ordersBefore...].contains { order in
      if case .lease(worker, _) = order { true } else { false }
    }
    if !isAnswered { orders.append(.wait(worker, waitReason)) }
  }

  mutating func pull(_ worker: WorkerIdentity, _ work: Work, _ attempt: Int) {
    guard let (index, unit) = place(of: work) else { return answerStray(worker, work) }
    if steps[index].units[unit].isApplied {
      return orders.append(.acknowledge(worker, work))
    }
    pulls.removeAll { $0.worker == worker && $0.work == work }
    pulls.append(WaitingPull(worker: worker, work: work, attempt: attempt))
    answerPulls()
  }

  /// Answers the pulls whose version is reached.
  mutating func answerPulls() {
    guard phase == .computing, !pulls.isEmpty else { return }
    let waiting = pulls
    pulls = []
    for pull in waiting {
      guard isAnswerable(pull.work.step) else {
        pulls.append(pull)
        continue
      }
      guard let (index, unit) = place(of: pull.work), !steps[index].units[unit].isApplied else {
        orders.append(.acknowledge(pull.worker, pull.work))
        continue
      }
      steps[index].change(pull.worker, of: unit) { $0.renewedAt = now }
      orders.append(.sendRows(pull.worker, pull.work, attempt: pull.attempt))
    }
  }

  mutating func push(_ worker: WorkerIdentity, _ work: Work, _ origin: PushOrigin) {
    guard let (index, unit) = place(of: work) else {
      if work.step < firstOpen { counts.repeated += 1 }
      return answerStray(worker, work)
    }
    if steps[index].units[unit].isApplied {
      counts.repeated += 1
      return orders.append(.acknowledge(worker, work))
    }
    if let sentence = defect(of: origin, for: work) {
      revoke(index, unit, from: worker)
      return reject(worker, .wrongController, work, sentence)
    }
    let staleness = work.step - min(origin.version, work.step)
    counts.note(staleness: staleness, slices: work.slices.count)
    apply(worker, index, unit, computing: origin.computing)
  }

  mutating func failure(_ worker: WorkerIdentity, _ work: Work, _ sentence: String) {
    guard let (index, unit) = place(of: work), !steps[index].units[unit].isApplied else { return }
    revoke(index, unit, from: worker)
    fail(index, unit, worker, sentence)
    orders.append(.log(.warning, "worker \(shortName(worker)) failed on \(work): \(sentence)"))
    failIfPoisoned(index, unit)
  }

  /// Counts a failure, and remembers the first since the last step was committed.
  mutating func fail(
    _ index: Int, _ unit: Int, _ worker: WorkerIdentity, _ sentence: String, isLoss: Bool = false
  ) {
    let blame = Blame(
      worker: worker, step: steps[index].step, slice: steps[index].units[unit].slices.lowerBound,
      sentence: sentence, time: now)
    steps[index].fail(unit, blame, isLoss: isLoss)
    self.blame = self.blame ?? blame
  }

  /// Ends the run when a unit fails wherever it is computed. Losses count by the worker, and no
  /// more once it is there again: where links break, the units are not to blame.
  mutating func failIfPoisoned(_ index: Int, _ place: Int) {
    guard steps.indices.contains(index), steps[index].units.indices.contains(place) else { return }
    let unit = steps[index].units[place]
    let untried = joined.contains { !unit.hasFailed($0) }
    let isPoisoned =
      unit.failedWorkers >= settings.attemptLimit
      || unit.reportedFailures >= settings.attemptLimit && !untried && !joined.isEmpty
    guard isPoisoned, !unit.isApplied else { return }
    let sentence =
      "\(steps[index].work(place)) failed \(unit.failures.count) times on "
      + "\(unit.failedWorkers) workers; the last said: \(unit.lastFailure)"
    (blame, poisoned) = (unit.blame, steps[index].work(place))
    end(.failed, sentence)
    orders.append(.fail(sentence))
  }

  /// Gives open units to workers with room: each to the one it is intended for, or else the least
  /// loaded.
  mutating func assign() {
    for index in steps.indices where !steps[index].isCut { cut(index) }
    for index in steps.indices { assign(index) }
    stopDrained()
  }

  private mutating func assign(_ index: Int) {
    let isRunning = answerable.contains(index)
    let isAhead = !isAnswerable(steps[index].step)
    guard hasRoom(isAhead: isAhead) else { return }
    // Known as long as nobody is given anything.
    var helpers: [Helper]? = isRunning ? nil : []
    for unit in steps[index].units.indices where !steps[index].units[unit].isApplied {
      var chosen: WorkerIdentity?
      var isHelp = false
      // A holder that waits for the version of its step is not late.
      let patience = isRunning ? settings.leaseMilliseconds : .max / 2
      if steps[index].isOpen(unit, at: now, patience: patience, limit: settings.holderLimit) {
        chosen = worker(for: unit, of: index)
      }
      if chosen == nil, steps[index].units[unit].holders.count == 1 {
        let able = helpers ?? self.helpers
        helpers = able
        let help = able.isEmpty ? nil : help(for: unit, of: index, by: able)
        chosen = help.flatMap { now >= $0.at ? $0.worker : nil }
        isHelp = true
      }
      guard let chosen else { continue }
      lease(index, unit, to: chosen, isHelp: isHelp)
      guard hasRoom(isAhead: isAhead) else { return }
      if isRunning { helpers = nil }
    }
  }

  /// Commits the first step when nothing of it is missing.
  mutating func commitIfComplete() {
    guard phase == .computing, let step = steps.first, step.isComplete else { return }
    steps.removeFirst()
    phase = .committing
    firstOpen = step.step + 1
    orders.append(.commit(step: step.step))
  }

  /// The place of the step and of the unit that `work` names.
  func place(of work: Work) -> (step: Int, unit: Int)? {
    guard let index = steps.firstIndex(where: { $0.step == work.step }),
      let unit = steps[index].place(of: work)
    else { return nil }
    return (index, unit)
  }

  /// Answers a message about what is no unit of an open step.
  private mutating func answerStray(_ worker: WorkerIdentity, _ work: Work) {
    if work.step < firstOpen {
      orders.append(.acknowledge(worker, work))
    } else {
      reject(worker, .wrongStep, work, "\(work) is not open; the parameters are at step \(version)")
    }
  }

  /// Why gradients with this origin cannot be used, or nil.
  private func defect(of origin: PushOrigin, for work: Work) -> String? {
    // Servers may be at the next version before the coordinator has taken note of it.
    if origin.version > min(work.step, firstOpen) {
      return "\(work) was computed from parameters that are not there"
    }
    if origin.version + settings.staleness < work.step {
      return "\(work) was computed from parameters of step \(origin.version)"
    }
    // Where parameters may be of an earlier step, so may the controller.
    let isRight =
      settings.staleness == 0
      ? origin.controllerVersion == controllerVersion
      : origin.controllerVersion <= controllerVersion
    return isRight
      ? nil
      : "the losses were weighed by controller \(origin.controllerVersion), "
        + "the step's is \(controllerVersion)"
  }

  private mutating func cut(_ index: Int) {
    let staying = joined.filter { members[$0]?.isDraining == false }
    // Who still builds its network gets nothing while there are others.
    let ready = staying.filter { members[$0]?.isReady == true }
    let able = ready.isEmpty ? staying : ready
    guard !able.isEmpty else { return }
    let trials = able.map { members[$0]?.pace.needsTrial(at: now, version) == true }
    let shares = Pace.shares(
      of: steps[index].sliceCount, threads: able.map { members[$0]?.capacity ?? 1 },
      paces: able.map { members[$0]?.pace.estimate(at: now, version) }, trials: trials)
    for (worker, isTrial) in zip(able, trials) where isTrial {
      members[worker]?.pace.begin(trial: steps[index].step)
    }
    steps[index].cut(zip(able, shares).map { ($0, $1) }, singly: settings.singleSlices)
  }

  private mutating func lease(
    _ index: Int, _ unit: Int, to worker: WorkerIdentity, isHelp: Bool
  ) {
    let isHeld = !steps[index].units[unit].holders.isEmpty
    let attempt = steps[index].lease(unit, to: worker, at: now)
    count(index, unit, of: worker, 1)
    counts.leased += 1
    if attempt > 0 {
      counts.leasedAgain += 1
      let severity: Severity = steps[index].units[unit].holders.count > 1 ? .info : .notice
      orders.append(
        .log(
          severity,
          "\(steps[index].work(unit)) is leased again, to worker \(shortName(worker))"
            + (isHelp ? Self.isLate : isHeld ? Self.ranOut : "")))
    }
    orders.append(.lease(worker, terms(index, unit, attempt)))
  }

  private mutating func apply(
    _ worker: WorkerIdentity, _ index: Int, _ unit: Int, computing: Double
  ) {
    let work = steps[index].work(unit)
    counts.applied += work.slices.count
    members[worker]?.delivered += work.slices.count
    members[worker]?.rate.add(Double(work.slices.count), at: now)
    members[worker]?.pace.note(
      slices: work.slices.count, of: work.step, began: reachedAt, now: now, computing: computing)
    let holders = steps[index].settle(unit)
    for holder in holders { count(index, unit, of: holder.worker, -1) }
    orders.append(.apply(worker, work))
    orders.append(.acknowledge(worker, work))
    for holder in holders where holder.worker != worker {
      members[holder.worker]?.pace.noteLate(
        slices: work.slices.count, of: work.step, began: max(reachedAt, holder.leasedAt), now: now)
      orders.append(.acknowledge(holder.worker, work))
    }
    commitIfComplete()
  }

  /// Notes that a worker got on, and tells it what is settled without it.
  private mutating func renew(_ worker: WorkerIdentity, _ item: Progress) {
    guard let (index, unit) = place(of: item.work) else { return answerStray(worker, item.work) }
    if steps[index].units[unit].isApplied {
      orders.append(.acknowledge(worker, item.work))
    } else if steps[index].holder(worker, of: unit) != nil {
      steps[index].change(worker, of: unit) { holder in
        guard item.amount > holder.progress else { return }
        (holder.progress, holder.renewedAt) = (item.amount, now)
      }
    } else {
      // It was given up and came back with its work: count it in again.
      steps[index].add(
        .init(
          worker: worker, attempt: item.attempt, progress: item.amount, leasedAt: now,
          renewedAt: now, sentAt: now), to: unit)
      count(index, unit, of: worker, 1)
    }
  }

  private mutating func sendAgain(_ index: Int, _ unit: Int, to worker: WorkerIdentity) {
    guard let place = steps[index].holder(worker, of: unit) else { return }
    let holder = steps[index].units[unit].holders[place]
    guard now >= holder.sentAt + settings.resendMilliseconds else { return }
    // Who has it no more begins anew, and counts from a lower number than before.
    steps[index].change(worker, of: unit) { ($0.sentAt, $0.progress) = (now, 0) }
    orders.append(.lease(worker, terms(index, unit, holder.attempt)))
  }

  private func terms(_ index: Int, _ unit: Int, _ attempt: Int) -> Lease {
    Lease(
      work: steps[index].work(unit), attempt: attempt, milliseconds: settings.leaseMilliseconds)
  }

  private mutating func stopDrained() {
    guard members.values.contains(where: \.isDraining) else { return }
    for worker in joined where members[worker]?.isDraining == true {
      // What waits for the version of its step it may never get to: others take it.
      if let load = members[worker]?.load, load.units > load.ahead { continue }
      drained.insert(worker)
      remove(worker, "was drained", countsAsFailure: false)
      orders.append(.stop(worker, .drained, Self.farewell))
    }
  }
}
