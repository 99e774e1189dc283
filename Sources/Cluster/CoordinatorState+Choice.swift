/// Which worker a unit goes to.
extension CoordinatorState {
  /// The worker that an open unit is intended for, or else the least loaded one with room that does
  /// not hold it. As long as there is one that has not failed on it, no other: where all have room
  /// for their own failures only, a unit that cannot be computed would go back to the same one for
  /// ever.
  func worker(for unit: Int, of index: Int) -> WorkerIdentity? {
    let wanted = steps[index].units[unit]
    let isTried = joined.allSatisfy {
      wanted.hasFailed($0) || members[$0]?.isDraining == true
    }
    // Units that wait for their version leave room for those that need not.
    let isAhead = !isAnswerable(steps[index].step)
    let able = joined.filter { worker in
      members[worker]?.isDraining == false && load(of: worker) < settings.unitLimit
        && (!isAhead || loadAhead(of: worker) < settings.unitLimit / 2)
        && (isTried || !wanted.hasFailed(worker))
        && !wanted.holders.contains { $0.worker == worker }
    }
    if let intended = wanted.intended, able.contains(intended), wanted.attempts == 0 {
      return intended
    }
    return able.min { relativeLoad(of: $0) < relativeLoad(of: $1) }
  }

  /// A worker without work that computes, beside its holder, a unit which takes its holder much
  /// longer than it would take that worker.
  func helper(for unit: Int, of index: Int) -> WorkerIdentity? {
    guard let due = slowness(of: unit, of: index), now >= due.at else { return nil }
    return due.helper
  }

  /// When the next unit gets a helper, unless it comes before.
  var slownessDue: Milliseconds? {
    answerable.flatMap { index in
      steps[index].units.indices.compactMap { slowness(of: $0, of: index)?.at }
    }.filter { $0 > now }.min()
  }

  /// From when on a unit is so late that a worker without work helps, and which one.
  private func slowness(
    of place: Int, of index: Int
  ) -> (at: Milliseconds, helper: WorkerIdentity)? {
    guard answerable.contains(index) else { return nil }
    let unit = steps[index].units[place]
    guard !unit.isApplied, unit.holders.count == 1, joined.count > 1 else { return nil }
    let idle = joined.filter { worker in
      members[worker]?.isDraining == false && load(of: worker) < settings.unitLimit
        && !unit.hasFailed(worker)
        && answerable.allSatisfy { !steps[$0].concerns(worker) }
    }
    let paces = idle.compactMap { worker in
      members[worker]?.pace.estimate(at: now).map { (worker: worker, pace: $0) }
    }
    guard let best = paces.min(by: { $0.pace < $1.pace }) else { return nil }
    let expected = best.pace * Double(unit.slices.count)
    let patience = Milliseconds(2 * expected) + settings.helpMilliseconds
    return (max(reachedAt, unit.holders[0].sentAt) + patience, best.worker)
  }

  /// How many units a worker holds.
  private func load(of worker: WorkerIdentity) -> Int {
    steps.reduce(0) { $0 + $1.held(by: worker).count }
  }

  /// How many of them wait for the version of their step.
  private func loadAhead(of worker: WorkerIdentity) -> Int {
    steps.reduce(0) { isAnswerable($1.step) ? $0 : $0 + $1.held(by: worker).count }
  }

  /// Slices held for each thread; who still builds its network comes after all that could begin.
  private func relativeLoad(of worker: WorkerIdentity) -> Double {
    let slices = steps.reduce(0) { sum, step in
      step.held(by: worker).reduce(sum) { $0 + step.units[$1].slices.count }
    }
    let load = Double(slices) / Double(members[worker]?.capacity ?? 1)
    return members[worker]?.isReady == true ? load : load + 1e6
  }
}
