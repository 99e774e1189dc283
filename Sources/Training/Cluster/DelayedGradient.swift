import Search
import Synchronization
import Transport

/// Computes the controller's gradient on threads of its own, from copies of the parameters, while
/// workers compute steps.
///
/// Belongs to the thread that drives the run, which `waker` wakes when a gradient is there.
final class DelayedGradient: @unchecked Sendable {
  // Unchecked: the driving thread alone changes what is `var`. Between `begin` and the end of the
  // last job, threads of the pool have the slots of the validation batch, one a job.

  /// The step whose gradient is computed, or computed and not yet kept.
  private(set) var step: Int?
  private let compute: LocalCompute
  private let waker: Waker
  private let snapshot: ValidationSnapshot
  private let pool: ComputePool
  private let open = Atomic<Int>(0)

  /// Reserves the copies and starts as many threads as `compute` has, but no more than slices; nil
  /// where the controller is not updated, or before each step that computes its gradient.
  init?(_ compute: LocalCompute, waker: Waker) {
    guard compute.parts.validatedController != nil, compute.controllerDelay > 0 else { return nil }
    self.compute = compute
    self.waker = waker
    snapshot = ValidationSnapshot(compute.parts)
    pool = ComputePool(parts: compute.parts, threads: min(compute.threads, compute.slices))
  }

  deinit { pool.stop() }

  /// Copies the parameters at their present version, that of `step`, and lets the gradient on
  /// validation batch `batch` be computed; `refresh` as in `LocalCompute.updateController`.
  func begin(step: Int, batch: Int, refresh: (BatchSlots, BatchSlots?) throws -> Void) throws {
    precondition(self.step == nil, "one gradient of the controller is computed at a time")
    try compute.copyValidation(batch: batch, into: snapshot, refresh: refresh)
    open.store(compute.slices, ordering: .releasing)
    self.step = step
    for slice in 0..<compute.slices {
      pool.add(.compute) { [self] member in
        validate(slice, step: step, member)
        if open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { waker.wake() }
      }
    }
  }

  /// Whether no slice is being computed.
  var isDone: Bool { open.load(ordering: .acquiring) == 0 }

  /// Keeps the gradient, which must be done, for the controller's update.
  func keep() {
    guard let step else { return }
    precondition(isDone, "the controller's gradient is still being computed")
    compute.keepControllerGradient(of: step)
    self.step = nil
  }

  private func validate(_ slice: Int, step: Int, _ member: ComputeMember) {
    guard let slot = compute.validation?.slices[slice], let controller = compute.parts.controller
    else { return }
    let numbers = slot.unique.count * compute.parts.program.rowWidth
    member.rows.slice(0, numbers).copy(from: snapshot.rows[slice].slice(0, numbers))
    member.validate(
      slot, step: step, dense: snapshot.dense, statistics: snapshot.statistics,
      controller: controller.state)
  }
}
