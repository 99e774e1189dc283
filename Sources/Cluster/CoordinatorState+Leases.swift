/// Who computes which slice.
extension CoordinatorState {
  mutating func report(_ worker: WorkerIdentity, _ capacity: Int, _ progress: [Progress]) {
    members[worker]?.capacity = max(1, capacity)
    let ordersBefore = orders.count
    for item in progress { renew(worker, item) }
    for slice in slices.held(by: worker)
    where !progress.contains(where: { $0.work.slice == slice && $0.work.step == slices.step }) {
      sendAgain(slice, to: worker)
    }
    assign()
    // Every report has an answer, so a worker can tell a busy coordinator from a dead one.
    let isAnswered = orders[ordersBefore...].contains { order in
      if case .lease(worker, _) = order { true } else { false }
    }
    if !isAnswered { orders.append(.wait(worker, waitReason)) }
  }

  mutating func pull(_ worker: WorkerIdentity, _ work: Work, _ attempt: Int) {
    if isSettled(work) {
      orders.append(.acknowledge(worker, work))
    } else if slices.contains(work) {
      if let holder = slices.holder(worker, of: work.slice) {
        slices.slices[work.slice].holders[holder].renewedAt = now
      }
      orders.append(.sendRows(worker, work, attempt: attempt))
    } else {
      reject(worker, .wrongStep, work, "\(work) is not of step \(slices.step)")
    }
  }

  mutating func push(_ worker: WorkerIdentity, _ work: Work, _ controllerVersion: UInt64) {
    if isSettled(work) {
      counts.repeated += 1
      orders.append(.acknowledge(worker, work))
    } else if !slices.contains(work) {
      reject(worker, .wrongStep, work, "\(work) is not of step \(slices.step)")
    } else if controllerVersion != slices.controllerVersion {
      slices.revoke(work.slice, from: worker)
      reject(
        worker, .wrongController, work,
        "the losses were weighed by controller \(controllerVersion), "
          + "the step's is \(slices.controllerVersion)")
    } else {
      apply(worker, work)
    }
  }

  mutating func failure(_ worker: WorkerIdentity, _ work: Work, _ sentence: String) {
    guard slices.contains(work), !isSettled(work) else { return }
    slices.revoke(work.slice, from: worker)
    fail(work.slice, worker, sentence)
    orders.append(.log(.warning, "worker \(shortName(worker)) failed on \(work): \(sentence)"))
    failIfPoisoned(work.slice)
  }

  /// Counts a failure, and remembers the first since the last step was committed.
  mutating func fail(_ slice: Int, _ worker: WorkerIdentity, _ sentence: String) {
    slices.fail(slice, worker, sentence)
    let blame = Blame(
      worker: worker, step: slices.step, slice: slice, sentence: sentence, time: now)
    slices.slices[slice].blame = slices.slices[slice].blame ?? blame
    self.blame = self.blame ?? blame
  }

  /// Ends the run when a slice fails wherever it is computed.
  mutating func failIfPoisoned(_ index: Int) {
    guard slices.slices.indices.contains(index) else { return }
    let slice = slices.slices[index]
    let untried = joined.contains { !slice.failures.contains($0) }
    let isPoisoned =
      slice.failedWorkers >= settings.attemptLimit
      || slice.failures.count >= settings.attemptLimit && !untried && !joined.isEmpty
    guard isPoisoned, !slice.isApplied else { return }
    let sentence =
      "slice \(index) of step \(slices.step) failed \(slice.failures.count) times on "
      + "\(slice.failedWorkers) workers; the last said: \(slice.lastFailure)"
    blame = slice.blame
    end(.failed, sentence)
    orders.append(.fail(sentence))
  }

  /// Gives open slices to workers with room, the least loaded first.
  mutating func assign() {
    guard phase == .computing else { return stopDrained() }
    for slice in slices.slices.indices where isOpen(slice) {
      guard let worker = worker(for: slice) else { continue }
      let attempt = slices.lease(slice, to: worker, at: now)
      counts.leased += 1
      if attempt > 0 {
        counts.leasedAgain += 1
        let work = Work(step: slices.step, slice: slice)
        orders.append(.log(.notice, "\(work) is leased again, to worker \(shortName(worker))"))
      }
      orders.append(.lease(worker, lease(slice, attempt)))
    }
    stopDrained()
  }

  /// Whether a slice was settled, in this step or an earlier one.
  private func isSettled(_ work: Work) -> Bool {
    if work.step == slices.step {
      return slices.contains(work) && slices.slices[work.slice].isApplied
    }
    return work.step < slices.step
  }

  private func isOpen(_ slice: Int) -> Bool {
    slices.isOpen(
      slice, at: now, patience: settings.leaseMilliseconds, limit: settings.holderLimit)
  }

  private mutating func apply(_ worker: WorkerIdentity, _ work: Work) {
    counts.applied += 1
    members[worker]?.delivered += 1
    members[worker]?.rate.add(1, at: now)
    let holders = slices.settle(work.slice)
    orders.append(.apply(worker, work))
    orders.append(.acknowledge(worker, work))
    for holder in holders where holder != worker { orders.append(.acknowledge(holder, work)) }
    if slices.missing == 0 {
      phase = .committing
      orders.append(.commit(step: work.step))
    }
  }

  /// Notes that a worker got on, and tells it what is settled without it.
  private mutating func renew(_ worker: WorkerIdentity, _ item: Progress) {
    if isSettled(item.work) {
      orders.append(.acknowledge(worker, item.work))
    } else if !slices.contains(item.work) {
      reject(worker, .wrongStep, item.work, "\(item.work) is not of step \(slices.step)")
    } else if let holder = slices.holder(worker, of: item.work.slice) {
      guard item.amount > slices.slices[item.work.slice].holders[holder].progress else { return }
      slices.slices[item.work.slice].holders[holder].progress = item.amount
      slices.slices[item.work.slice].holders[holder].renewedAt = now
    } else {
      // It was given up and came back with its work: count it in again.
      slices.slices[item.work.slice].holders.append(
        .init(
          worker: worker, attempt: item.attempt, progress: item.amount, leasedAt: now,
          renewedAt: now, sentAt: now))
    }
  }

  private mutating func sendAgain(_ slice: Int, to worker: WorkerIdentity) {
    guard let index = slices.holder(worker, of: slice) else { return }
    let holder = slices.slices[slice].holders[index]
    guard now >= holder.sentAt + settings.resendMilliseconds else { return }
    slices.slices[slice].holders[index].sentAt = now
    orders.append(.lease(worker, lease(slice, holder.attempt)))
  }

  private func lease(_ slice: Int, _ attempt: Int) -> Lease {
    Lease(
      work: Work(step: slices.step, slice: slice), attempt: attempt,
      milliseconds: settings.leaseMilliseconds, controllerVersion: slices.controllerVersion)
  }

  /// The least loaded worker with room that does not hold the slice. As long as there is one that
  /// has not failed on it, no other: where all have room for their own failures only, a slice that
  /// cannot be computed would go back to the same one for ever.
  private func worker(for slice: Int) -> WorkerIdentity? {
    let failures = slices.slices[slice].failures
    let isTried = joined.allSatisfy { failures.contains($0) || members[$0]?.isDraining == true }
    let candidates = joined.compactMap { worker -> (worker: WorkerIdentity, load: Double)? in
      guard let member = members[worker], !member.isDraining,
        isTried || !failures.contains(worker)
      else { return nil }
      let held = slices.held(by: worker)
      guard held.count < member.capacity, !held.contains(slice) else { return nil }
      // Who still builds its network comes after all that could begin at once.
      let load = Double(held.count) / Double(member.capacity)
      return (worker, member.isReady ? load : load + 1)
    }
    return candidates.min { $0.load < $1.load }?.worker
  }

  private mutating func stopDrained() {
    for worker in joined where members[worker]?.isDraining == true {
      guard slices.held(by: worker).isEmpty else { continue }
      drained.insert(worker)
      remove(worker, "was drained", countsAsFailure: false)
      orders.append(.stop(worker, .drained, Self.farewell))
    }
  }
}
