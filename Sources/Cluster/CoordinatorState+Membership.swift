/// Who takes part.
extension CoordinatorState {
  mutating func hello(_ worker: WorkerIdentity, _ fingerprint: Fingerprint, _ capacity: Int) {
    if case .ended(let code, let sentence) = phase {
      orders.append(.stop(worker, code, sentence))
      return
    }
    if let refusal = settings.fingerprint.refusal(of: fingerprint) {
      orders.append(.refuse(worker, refusal.code, refusal.sentence))
      orders.append(.log(.warning, "worker \(shortName(worker)) refused: \(refusal.sentence)"))
      return
    }
    if drained.contains(worker) { return orders.append(.stop(worker, .drained, Self.farewell)) }
    for index in steps.indices { steps[index].forgetLosses(of: worker) }
    if members[worker] == nil {
      joined.append(worker)
      counts.joined += 1
      orders.append(
        .log(.info, "worker \(shortName(worker)) joined; it computes \(capacity) slices at once"))
    }
    var member = members[worker] ?? Member(capacity: 1, lastSeen: now, rate: .init(since: now))
    (member.capacity, member.lastSeen) = (max(1, capacity), now)
    members[worker] = member
    orders.append(.welcome(worker))
  }

  /// Whether a message of `worker` counts: it has been welcomed, by this start of the coordinator,
  /// and the run is not over. For the edge, which must not take note of what others say.
  public func admits(_ worker: WorkerIdentity, generation: UInt32) -> Bool {
    if case .ended = phase { return false }
    return generation == settings.generation && members[worker] != nil
  }

  /// Whether a message of `worker` counts; if not, tells it why.
  mutating func admit(_ worker: WorkerIdentity, _ generation: UInt32, _ work: Work?) -> Bool {
    if case .ended(let code, let sentence) = phase {
      orders.append(.stop(worker, code, sentence))
      return false
    }
    if generation != settings.generation {
      reject(
        worker, .oldGeneration, work,
        "the message is of generation \(generation), the coordinator of \(settings.generation)")
      return false
    }
    if drained.contains(worker) {
      orders.append(.stop(worker, .drained, Self.farewell))
      return false
    }
    guard members[worker] != nil else {
      reject(worker, .unknownWorker, work, "the worker has not said hello, or was given up")
      return false
    }
    members[worker]?.lastSeen = now
    members[worker]?.isReady = true
    return true
  }

  mutating func reject(
    _ worker: WorkerIdentity, _ code: RejectionCode, _ work: Work?, _ sentence: String
  ) {
    counts.rejected += 1
    orders.append(.reject(worker, code, work, sentence))
  }

  /// Takes a worker out and frees its units.
  mutating func remove(
    _ worker: WorkerIdentity, _ reason: String, countsAsFailure: Bool
  ) {
    guard members.removeValue(forKey: worker) != nil else { return }
    joined.removeAll { $0 == worker }
    pulls.removeAll { $0.worker == worker }
    let held = steps.indices.flatMap { index in
      steps[index].held(by: worker).map { (step: index, unit: $0) }
    }
    if countsAsFailure {
      counts.lost += 1
      let first = held.first.map { steps[$0.step].work($0.unit) }
      blame =
        blame
        ?? Blame(
          worker: worker, step: first?.step ?? version, slice: first?.slices.lowerBound,
          sentence: "the worker \(reason)", time: now)
    }
    orders.append(
      .log(
        countsAsFailure ? .warning : .info,
        "worker \(shortName(worker)) \(reason); what it held is free again: \(held.count) units"))
    for (index, unit) in held where steps.indices.contains(index) {
      revoke(index, unit, from: worker)
      // Who only waited for the version of the step has not failed on it.
      guard countsAsFailure, answerable.contains(index) else { continue }
      fail(index, unit, worker, "worker \(shortName(worker)) \(reason)", isLoss: true)
      failIfPoisoned(index, unit)
    }
  }

  /// Gives up workers that say nothing, or say the same for ever.
  mutating func lookForSilence() {
    for worker in joined {
      guard let member = members[worker] else { continue }
      if now >= member.lastSeen + settings.silenceMilliseconds {
        let silence = now - member.lastSeen
        // One that still builds its network comes back when it has; no unit is to blame for that.
        remove(worker, "said nothing for \(silence) ms", countsAsFailure: member.isReady)
      } else if let work = stuckWork(of: worker) {
        let sentence = "no progress on \(work) for \(settings.stuckMilliseconds / 1000) s"
        remove(worker, "made \(sentence)", countsAsFailure: true)
        orders.append(.stop(worker, .failed, sentence))
      }
    }
  }

  mutating func end(_ code: StopCode, _ sentence: String) {
    guard phase != .ended(code, sentence) else { return }
    phase = .ended(code, sentence)
    for worker in joined { orders.append(.stop(worker, code, sentence)) }
    members = [:]
    joined = []
    steps = []
    pulls = []
  }

  private func stuckWork(of worker: WorkerIdentity) -> Work? {
    for index in answerable {
      for unit in steps[index].held(by: worker) {
        let isStuck = steps[index].units[unit].holders.contains {
          $0.worker == worker && now >= $0.renewedAt + settings.stuckMilliseconds
        }
        if isStuck { return steps[index].work(unit) }
      }
    }
    return nil
  }
}
