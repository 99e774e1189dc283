import Cluster
import Messages
import Transport

/// The worker inside the coordinator: threads of its process that compute units like any other
/// worker's, from the parameters where they lie.
///
/// Belongs to the coordinator's edge thread. `CoordinatorState` decides about it as about all
/// workers; what those do by messages it does by calls.
final class ResidentWorker {
  /// What compute threads tell the edge thread.
  enum Event {
    /// The examples of all slices are read, or cannot be.
    case read(ResidentUnit)
    /// The gradients of all slices are there.
    case computed(ResidentUnit)
  }

  /// The name by which the run knows it.
  let identity: WorkerIdentity
  /// How many threads compute.
  let threads: Int
  /// What compute threads have done.
  let mailbox = Mailbox<Event>()
  /// Whether it takes part.
  private(set) var isMember = false
  private let pool: ComputePool
  private let parts: RunParts
  private let source: BatchSource
  private let done = PoolProgress()
  private var units: [ResidentUnit] = []

  /// Starts the threads; they wait for work.
  init(parts: RunParts, source: BatchSource, threads: Int, identity: WorkerIdentity) {
    self.parts = parts
    self.source = source
    self.threads = threads
    self.identity = identity
    pool = ComputePool(parts: parts, threads: threads)
  }

  deinit { pool.stop() }

  /// Takes part from now on.
  func join() { isMember = true }

  /// Takes part no more; what is being computed is nobody's.
  func leave() {
    guard isMember else { return }
    isMember = false
    pool.stop()
  }

  /// What it holds, and how far it is.
  var progress: [Progress] {
    units.compactMap { unit in
      guard let lease = unit.lease, !unit.isSettled, unit.stage != .kept else { return nil }
      return Progress(work: lease.work, attempt: lease.attempt, amount: unit.progress)
    }
  }

  /// Begins a unit, unless it holds it already.
  func begin(_ lease: Lease) {
    guard unit(lease.work) == nil else { return }
    let unit =
      units.first { $0.stage == .free }
      ?? ResidentUnit(parts: parts, threads: threads, pool: done)
    if !units.contains(where: { $0 === unit }) { units.append(unit) }
    unit.begin(lease)
    let (source, mailbox, work) = (source, mailbox, lease.work)
    for place in 0..<work.slices.count {
      pool.add(.read) { member in
        if unit.read(place, of: work, source: source, member: member) { mailbox.post(.read(unit)) }
      }
    }
  }

  /// The unit that computes `work`.
  func unit(_ work: Work) -> ResidentUnit? {
    units.first { $0.lease?.work == work && !$0.isSettled }
  }

  /// Computes a unit that has everything it needs.
  func compute(_ unit: ResidentUnit) {
    guard let work = unit.lease?.work else { return }
    let mailbox = mailbox
    for place in 0..<work.slices.count {
      pool.add(.compute) { member in
        if unit.compute(place, of: work, member: member) { mailbox.post(.computed(unit)) }
      }
    }
  }

  /// Nobody waits for `work` any more; gradients that were kept stay until the step is over.
  func settle(_ work: Work) {
    guard let unit = unit(work), unit.stage != .kept else { return }
    unit.isSettled = true
    // Compute threads that still have it report once more.
    if unit.stage == .pulling || unit.stage == .computed { unit.release() }
  }

  /// Gives the buffers of all steps below `version` back.
  func forget(below version: UInt64) {
    for unit in units where unit.stage == .kept {
      if let work = unit.lease?.work, work.step < version { unit.release() }
    }
  }
}
