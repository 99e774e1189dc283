import Cluster
import Messages
import Transport

/// The worker inside this process: what it reports and what it is told.
extension ClusterExecutor {
  /// Lets it take part, before the first step.
  func admitResident() throws {
    guard let resident, !resident.isMember else { return }
    resident.join()
    let threads = resident.threads
    observer.observe(
      .notice(
        "this process computes as worker \(resident.identity.shortName), with \(threads) "
          + (threads == 1 ? "thread" : "threads"), .info))
    desk.note(resident: resident.identity)
    try decide(.hello(resident.identity, state.settings.fingerprint, capacity: threads))
    try reportResident()
  }

  /// Says in its name that it is there and how far it is, when that is due.
  private func reportResident() throws {
    guard let resident, resident.isMember else { return }
    residentReportedAt = Uptime.milliseconds
    try decide(
      .report(
        resident.identity, generation: translation.generation, capacity: resident.threads,
        resident.progress))
  }

  /// Handles what its threads have done.
  func serveResident() throws {
    guard let resident, resident.isMember else { return }
    for event in resident.mailbox.drain() {
      switch event {
      case .read(let unit): try read(unit)
      case .computed(let unit): try computed(unit)
      }
    }
    if Uptime.milliseconds >= residentReportedAt + state.settings.reportMilliseconds {
      try reportResident()
    }
  }

  private func read(_ unit: ResidentUnit) throws {
    guard let resident, let lease = unit.lease else { return }
    if unit.isSettled { return unit.release() }
    if let sentence = unit.sentence {
      unit.release()
      return try decide(
        .failure(resident.identity, generation: translation.generation, lease.work, sentence))
    }
    unit.stage = .pulling
    owner?.note(own: unit.lists, lease.work)
    try decide(
      .pull(
        resident.identity, generation: translation.generation, lease.work, attempt: lease.attempt))
  }

  private func computed(_ unit: ResidentUnit) throws {
    guard let resident, let lease = unit.lease else { return }
    if unit.isSettled { return unit.release() }
    unit.stage = .computed
    try decide(
      .push(
        resident.identity, generation: translation.generation, lease.work, attempt: lease.attempt,
        unit.origin))
  }

  /// Carries out an order that concerns it; false for all others.
  func performByResident(_ order: CoordinatorOrder) throws -> Bool {
    guard let resident, order.worker == resident.identity else { return false }
    switch order {
    case .lease(_, let lease): resident.begin(lease)
    case .sendRows(_, let work, _):
      guard let unit = resident.unit(work), unit.stage == .pulling else { break }
      unit.take(from: parts.store, parts.controller)
      resident.compute(unit)
    case .apply(_, let work):
      guard let unit = resident.unit(work) else { break }
      if let error = unit.gradientError { throw notFinite(error, of: resident.identity) }
      sums.keep(unit.sums, work)
      owner?.keep(own: unit.contributions, work)
      unit.stage = .kept
    case .acknowledge(_, let work): resident.settle(work)
    case .reject(_, _, let work, let sentence):
      observer.observe(.notice("what this process computed is not used: \(sentence)"))
      if let work { resident.settle(work) }
    case .stop: resident.leave()
    case .refuse(_, _, let sentence):
      preconditionFailure("the coordinator refuses its own threads: \(sentence)")
    case .welcome, .wait, .commit, .fail, .log: break
    }
    return true
  }

  private func decide(_ event: CoordinatorEvent) throws {
    try perform(state.handle(event, at: Uptime.milliseconds), about: nil)
  }
}

extension CoordinatorOrder {
  /// Whom it concerns; nil when nobody in particular.
  fileprivate var worker: WorkerIdentity? {
    switch self {
    case .welcome(let worker), .refuse(let worker, _, _), .lease(let worker, _),
      .wait(let worker, _), .sendRows(let worker, _, _), .apply(let worker, _),
      .acknowledge(let worker, _), .reject(let worker, _, _, _), .stop(let worker, _, _):
      worker
    case .commit, .fail, .log: nil
    }
  }
}
