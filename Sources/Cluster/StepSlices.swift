/// The slices of one step: who computes which, and which are settled.
struct StepSlices: Equatable, Sendable {
  /// A worker that computes a slice.
  struct Holder: Equatable, Sendable {
    var worker: WorkerIdentity
    var attempt: Int
    var progress: UInt64 = 0
    /// When it was leased.
    var leasedAt: Milliseconds
    /// When it was leased or last got on.
    var renewedAt: Milliseconds
    /// When the lease was sent last.
    var sentAt: Milliseconds
  }

  struct Slice: Equatable, Sendable {
    var isApplied = false
    var attempts = 0
    var holders: [Holder] = []
    /// Workers that failed on it, one entry a failure.
    var failures: [WorkerIdentity] = []
    var lastFailure = ""
    /// The first of its failures.
    var blame: Blame?

    /// So many different workers failed on it.
    var failedWorkers: Int { Set(failures).count }
  }

  let step: UInt64
  let controllerVersion: UInt64
  var slices: [Slice]
  private(set) var missing: Int

  init(step: UInt64, count: Int, controllerVersion: UInt64) {
    self.step = step
    self.controllerVersion = controllerVersion
    slices = .init(repeating: Slice(), count: count)
    missing = count
  }

  /// Whether `work` names a slice of this step.
  func contains(_ work: Work) -> Bool {
    work.step == step && slices.indices.contains(work.slice)
  }

  /// The slices that `worker` holds.
  func held(by worker: WorkerIdentity) -> [Int] {
    slices.indices.filter { slices[$0].holders.contains { $0.worker == worker } }
  }

  /// The place of `worker` among the holders of a slice.
  func holder(_ worker: WorkerIdentity, of slice: Int) -> Int? {
    slices[slice].holders.firstIndex { $0.worker == worker }
  }

  /// Settles a slice; returns who held it.
  mutating func settle(_ slice: Int) -> [WorkerIdentity] {
    defer { slices[slice].holders = [] }
    slices[slice].isApplied = true
    missing -= 1
    return slices[slice].holders.map(\.worker)
  }

  /// Gives a slice to a worker; returns the attempt.
  mutating func lease(_ slice: Int, to worker: WorkerIdentity, at now: Milliseconds) -> Int {
    let attempt = slices[slice].attempts
    slices[slice].attempts += 1
    slices[slice].holders.append(
      Holder(worker: worker, attempt: attempt, leasedAt: now, renewedAt: now, sentAt: now))
    return attempt
  }

  /// Takes a slice from a worker; true when it held it.
  @discardableResult
  mutating func revoke(_ slice: Int, from worker: WorkerIdentity) -> Bool {
    guard let index = holder(worker, of: slice) else { return false }
    slices[slice].holders.remove(at: index)
    return true
  }

  /// Counts a failure of `worker` on a slice.
  mutating func fail(_ slice: Int, _ worker: WorkerIdentity, _ sentence: String) {
    slices[slice].failures.append(worker)
    slices[slice].lastFailure = sentence
  }

  /// Moves all times into the future, after the coordinator itself was away.
  mutating func postpone(by gap: Milliseconds) {
    for slice in slices.indices {
      for holder in slices[slice].holders.indices {
        slices[slice].holders[holder].renewedAt += gap
        slices[slice].holders[holder].sentAt += gap
      }
    }
  }

  /// Whether nobody gets on with a slice that is not settled.
  func isOpen(_ slice: Int, at now: Milliseconds, patience: Milliseconds, limit: Int) -> Bool {
    let slice = slices[slice]
    return !slice.isApplied && slice.holders.count < limit
      && slice.holders.allSatisfy { now >= $0.renewedAt + patience }
  }
}
