/// The units that one step is cut into: who computes which, and which are settled.
///
/// A unit is a node of the fixed tree over the step's slices. The step is cut when there are
/// workers to compute it, so that each gets few and large units.
struct StepUnits: Equatable, Sendable {
  /// A worker that computes a unit.
  struct Holder: Equatable, Sendable {
    var worker: WorkerIdentity
    var attempt: Int
    var progress: UInt64 = 0
    /// When it was leased first.
    var leasedAt: Milliseconds
    /// When it was leased or last got on.
    var renewedAt: Milliseconds
    /// When the lease was sent last.
    var sentAt: Milliseconds
  }

  /// A worker that did not get through with a unit.
  struct Failure: Equatable, Sendable {
    var worker: WorkerIdentity
    /// Whether it was lost with the unit, and did not say itself that it failed.
    var isLoss: Bool
  }

  struct Unit: Equatable, Sendable {
    var slices: Range<Int>
    /// Whose share of the step it is.
    var intended: WorkerIdentity?
    var isApplied = false
    var attempts = 0
    var holders: [Holder] = []
    var failures: [Failure] = []
    var lastFailure = ""
    /// The first failure.
    var blame: Blame?

    /// So many different workers failed on it.
    var failedWorkers: Int { Set(failures.map(\.worker)).count }

    /// How often a worker said that it failed on it.
    var reportedFailures: Int { failures.count { !$0.isLoss } }

    /// Whether `worker` failed on it.
    func hasFailed(_ worker: WorkerIdentity) -> Bool { failures.contains { $0.worker == worker } }
  }

  let step: UInt64
  let sliceCount: Int
  private(set) var units: [Unit] = []
  /// Units that are not settled.
  private(set) var missing = 0

  init(step: UInt64, sliceCount: Int) {
    self.step = step
    self.sliceCount = sliceCount
  }

  /// Whether the units are known.
  var isCut: Bool { !units.isEmpty }

  /// Whether all units are settled.
  var isComplete: Bool { isCut && missing == 0 }

  /// Cuts the step: each worker gets a run of neighbouring slices, as few nodes as make it up, or
  /// one by one.
  mutating func cut(_ shares: [(worker: WorkerIdentity, slices: Int)], singly: Bool = false) {
    precondition(!isCut, "a step is cut once")
    var first = 0
    for share in shares where share.slices > 0 {
      let run = first..<first + share.slices
      let nodes = singly ? run.map { $0..<$0 + 1 } : SliceTree.nodes(of: run, in: sliceCount)
      for node in nodes { units.append(Unit(slices: node, intended: share.worker)) }
      first += share.slices
    }
    precondition(first == sliceCount, "all slices of a step are shared out")
    missing = units.count
  }

  /// The place of the unit that `work` names; nil when it is none of this step's.
  func place(of work: Work) -> Int? {
    work.step == step ? units.firstIndex { $0.slices == work.slices } : nil
  }

  /// The work of a unit.
  func work(_ unit: Int) -> Work { Work(step: step, slices: units[unit].slices) }

  /// The units that `worker` holds.
  func held(by worker: WorkerIdentity) -> [Int] {
    units.indices.filter { units[$0].holders.contains { $0.worker == worker } }
  }

  /// The workers for which a unit is intended that nobody computes yet.
  var awaited: [WorkerIdentity] {
    units.lazy.filter { !$0.isApplied && $0.holders.isEmpty }.compactMap(\.intended)
  }

  /// The place of `worker` among the holders of a unit.
  func holder(_ worker: WorkerIdentity, of unit: Int) -> Int? {
    units[unit].holders.firstIndex { $0.worker == worker }
  }

  /// Changes what is known of a holder, if `worker` is one.
  mutating func change(
    _ worker: WorkerIdentity, of unit: Int, _ body: (inout Holder) -> Void
  ) {
    if let index = holder(worker, of: unit) { body(&units[unit].holders[index]) }
  }

  /// Counts a worker in that came back with its work.
  mutating func add(_ holder: Holder, to unit: Int) { units[unit].holders.append(holder) }

  /// Settles a unit; returns who held it.
  mutating func settle(_ unit: Int) -> [Holder] {
    defer { units[unit].holders = [] }
    units[unit].isApplied = true
    missing -= 1
    return units[unit].holders
  }

  /// Gives a unit to a worker; returns the attempt.
  mutating func lease(_ unit: Int, to worker: WorkerIdentity, at now: Milliseconds) -> Int {
    let attempt = units[unit].attempts
    units[unit].attempts += 1
    units[unit].holders.append(
      Holder(
        worker: worker, attempt: attempt, leasedAt: now, renewedAt: now, sentAt: now))
    return attempt
  }

  /// Takes a unit from a worker; true when it held it.
  @discardableResult
  mutating func revoke(_ unit: Int, from worker: WorkerIdentity) -> Bool {
    guard let index = holder(worker, of: unit) else { return false }
    units[unit].holders.remove(at: index)
    return true
  }

  /// Counts a failure on a unit.
  mutating func fail(_ unit: Int, _ blame: Blame, isLoss: Bool = false) {
    units[unit].failures.append(Failure(worker: blame.worker, isLoss: isLoss))
    units[unit].lastFailure = blame.sentence
    units[unit].blame = units[unit].blame ?? blame
  }

  /// Takes back the losses of a worker that is there again: it was the link's fault, not a unit's.
  mutating func forgetLosses(of worker: WorkerIdentity) {
    for unit in units.indices {
      units[unit].failures.removeAll { $0.isLoss && $0.worker == worker }
    }
  }

  /// Moves all times into the future, after the coordinator itself was away.
  mutating func postpone(by gap: Milliseconds) {
    for unit in units.indices {
      for holder in units[unit].holders.indices {
        units[unit].holders[holder].renewedAt += gap
        units[unit].holders[holder].sentAt += gap
      }
    }
  }

  /// Begins to count the time of all holders: what they waited for has come.
  mutating func renewAll(at now: Milliseconds) {
    for unit in units.indices {
      for holder in units[unit].holders.indices { units[unit].holders[holder].renewedAt = now }
    }
  }

  /// Whether nobody gets on with a unit that is not settled.
  func isOpen(_ unit: Int, at now: Milliseconds, patience: Milliseconds, limit: Int) -> Bool {
    !units[unit].isApplied && units[unit].holders.count < limit
      && units[unit].holders.allSatisfy { now >= $0.renewedAt + patience }
  }
}
