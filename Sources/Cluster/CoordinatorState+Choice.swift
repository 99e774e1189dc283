/// Which worker a unit goes to.
extension CoordinatorState {
  /// Whether some worker may be given another unit; `isAhead`: one that waits for its version.
  func hasRoom(isAhead: Bool) -> Bool {
    members.values.contains { hasRoom($0, isAhead: isAhead) }
  }

  /// The worker that an open unit is intended for, or else the least loaded one with room that does
  /// not hold it. As long as there is one that has not failed on it, no other: where all have room
  /// for their own failures only, a unit that cannot be computed would go back to the same one for
  /// ever.
  func worker(for unit: Int, of index: Int) -> WorkerIdentity? {
    let wanted = steps[index].units[unit]
    let isTried =
      !wanted.failures.isEmpty
      && joined.allSatisfy { wanted.hasFailed($0) || members[$0]?.isDraining == true }
    let isAhead = !isAnswerable(steps[index].step)
    var best: (worker: WorkerIdentity, load: Double)?
    for worker in joined {
      guard let member = members[worker], hasRoom(member, isAhead: isAhead),
        isTried || !wanted.hasFailed(worker),
        !wanted.holders.contains(where: { $0.worker == worker })
      else { continue }
      if worker == wanted.intended, wanted.attempts == 0 { return worker }
      let load = member.relativeLoad
      if best.map({ load < $0.load }) ?? true { best = (worker, load) }
    }
    return best?.worker
  }

  /// Units that wait for their version leave room for those that need not.
  private func hasRoom(_ member: Member, isAhead: Bool) -> Bool {
    !member.isDraining && member.load.units < settings.unitLimit
      && (!isAhead || member.load.ahead < settings.unitLimit / 2)
  }
}

/// Helping who is late.
extension CoordinatorState {
  /// A worker without work, and how long it takes for a slice.
  struct Helper {
    var worker: WorkerIdentity
    var pace: Pace.Estimate
  }

  /// The workers that have nothing to compute now and whose pace is known, the fastest first.
  var helpers: [Helper] {
    guard joined.count > 1, members.values.contains(where: isIdle) else { return [] }
    let idle = joined.compactMap { worker -> Helper? in
      guard let member = members[worker], isIdle(member) else { return nil }
      return member.pace.estimate(at: now, version).map { Helper(worker: worker, pace: $0) }
    }
    if idle.isEmpty { return [] }
    let busy = Set(answerable.flatMap { steps[$0].awaited })
    return idle.filter { !busy.contains($0.worker) }.sorted { $0.pace.time(1) < $1.pace.time(1) }
  }

  private func isIdle(_ member: Member) -> Bool {
    member.load.units == member.load.ahead && hasRoom(member, isAhead: false)
  }

  /// From when on a unit is so late that one of `helpers` computes it beside its holder, because it
  /// takes its holder much longer than it would take that one; and which.
  func help(
    for place: Int, of index: Int, by helpers: [Helper]
  ) -> (at: Milliseconds, worker: WorkerIdentity)? {
    let unit = steps[index].units[place]
    guard unit.holders.count == 1 else { return nil }
    guard let best = helpers.first(where: { !unit.hasFailed($0.worker) }) else { return nil }
    let expected = best.pace.time(unit.slices.count)
    let patience = Milliseconds(2 * expected) + settings.helpMilliseconds
    return (max(reachedAt, unit.holders[0].sentAt) + patience, best.worker)
  }

  /// When the next unit gets a helper, unless it comes before.
  var slownessDue: Milliseconds? {
    let helpers = helpers
    if helpers.isEmpty { return nil }
    return answerable.lazy.flatMap { index in
      steps[index].units.indices.lazy.compactMap { help(for: $0, of: index, by: helpers)?.at }
    }.filter { $0 > now }.min()
  }
}

/// Keeping count of what workers hold, which is asked for again and again.
extension CoordinatorState {
  /// Takes a unit from a worker that holds it.
  mutating func revoke(_ index: Int, _ unit: Int, from worker: WorkerIdentity) {
    if steps[index].revoke(unit, from: worker) { count(index, unit, of: worker, -1) }
  }

  /// Counts a unit that a worker got, or that it holds no more (`sign` −1).
  mutating func count(_ index: Int, _ unit: Int, of worker: WorkerIdentity, _ sign: Int) {
    members[worker]?.load.units += sign
    members[worker]?.load.slices += sign * steps[index].units[unit].slices.count
    if !isAnswerable(steps[index].step) { members[worker]?.load.ahead += sign }
  }

  /// The version of a step has come: what is held of it waits no more.
  mutating func start(_ index: Int) {
    steps[index].renewAll(at: now)
    for holder in steps[index].units.lazy.flatMap(\.holders) {
      members[holder.worker]?.load.ahead -= 1
    }
  }
}

extension CoordinatorState.Member {
  /// Slices held for each thread; who still builds its network comes after all that could begin.
  fileprivate var relativeLoad: Double {
    let load = Double(load.slices) / Double(capacity)
    return isReady ? load : load + 1e6
  }
}
