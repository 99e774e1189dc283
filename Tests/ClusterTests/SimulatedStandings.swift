@testable import Cluster

/// What the world knows of who gets on with what, to see whether the coordinator is just.
struct SimulatedStandings {
  /// What a coordinator was told last of a worker's progress.
  struct Report {
    var life: Int
    var amount: UInt64
    var time: UInt64
  }

  /// As reports have told it.
  var reports: [Work: [WorkerIdentity: Report]] = [:]
  /// When a worker that computes a unit got on with it last, whoever knows.
  var advances: [Work: [WorkerIdentity: UInt64]] = [:]
}

/// Who gets on with a unit keeps it, and is not sent away.
extension SimulatedCluster {
  /// Takes note of what the coordinator is about to be told.
  mutating func noteReport(_ event: CoordinatorEvent) {
    guard case .report(let worker, let generation, _, let items) = event,
      coordinator?.admits(worker, generation: generation) == true
    else { return }
    for item in items where item.amount > 0 {
      let last = standings.reports[item.work]?[worker]
      if let last, last.life == coordinatorLife, item.amount <= last.amount { continue }
      standings.reports[item.work, default: [:]][worker] = .init(
        life: coordinatorLife, amount: item.amount, time: coordinatorTime)
    }
  }

  /// Takes note of what a worker has computed.
  mutating func noteProgress(_ slot: Int, _ work: Work, of identity: WorkerIdentity) {
    guard let held = workers[identity]?.state.slots[slot], held.lease.work == work,
      held.stage == .computing
    else { return }
    standings.advances[work, default: [:]][identity] = now
  }

  /// A lease that ran out, or a worker that is sent away, has made no progress for so long.
  func checkPatience(_ orders: [CoordinatorOrder]) throws(Violation) {
    guard let settings = coordinator?.settings else { return }
    var hasRunOut = false
    for order in orders {
      switch order {
      case .log(_, let text): hasRunOut = text.hasSuffix(CoordinatorState.ranOut)
      case .lease(let worker, let lease):
        if hasRunOut {
          try checkHolders(of: lease.work, besides: worker, settings.leaseMilliseconds)
        }
        hasRunOut = false
      case .stop(let worker, .failed, let sentence) where sentence.hasPrefix("no progress"):
        for (work, reports) in standings.reports where sentence.contains(" on \(work) for ") {
          try check(reports[worker], of: worker, work, settings.stuckMilliseconds)
        }
      default: break
      }
    }
  }

  private func checkHolders(
    of work: Work, besides worker: WorkerIdentity, _ patience: Milliseconds
  ) throws(Violation) {
    let members = coordinator?.status(at: coordinatorTime).workers ?? []
    for holder in members.map(\.identity) where holder != worker {
      guard members.contains(where: { $0.identity == holder && $0.held.contains(work) }) else {
        continue
      }
      try check(standings.reports[work]?[holder], of: holder, work, patience)
      guard weather.carriesReports, let time = standings.advances[work]?[holder] else { continue }
      // A report is due twice a second, and takes its time.
      try check(
        now + 2500 >= time + patience, "\(work) is leased again, but its worker gets on with it")
    }
  }

  private func check(
    _ report: SimulatedStandings.Report?, of worker: WorkerIdentity, _ work: Work,
    _ patience: Milliseconds
  ) throws(Violation) {
    guard let report, report.life == coordinatorLife else { return }
    try check(
      coordinatorTime >= report.time + patience,
      "worker \(shortName(worker)) has told of progress on \(work) at \(report.time) ms")
  }
}

extension Weather {
  /// Whether what a living worker reports is heard soon.
  var carriesReports: Bool {
    [drop, freezes, partitions, absences, clockJumps].allSatisfy { $0 == 0 }
  }
}
