import Foundation
import Glibc
import Synchronization

/// Writes checkpoints on a thread of its own while training goes on, one at a time.
///
/// All calls come from the thread that drives the run, between steps.
final class CheckpointWriter: @unchecked Sendable {
  // Unchecked: what is `var` belongs to the driving thread, but for `outcome`, which is under the
  // condition's lock.

  /// What is saved, and what is removed then.
  struct Job: Sendable {
    var position: CheckpointStore.Position
    var pointers: [RunFolder.Pointer]
    /// How many checkpoints stay besides those that a pointer names, and steps that stay as well.
    var keep: Int
    var stepsToKeep: Set<Int>
  }

  /// A checkpoint that is on the disk, with its pointers.
  struct Written: Sendable {
    /// Its size.
    var bytes: Int
    /// Bytes of rows that training changed before they were written.
    var keptBytes: Int
    /// When it had become so.
    var endedAt: ContinuousClock.Instant
  }

  /// How much the writing thread gives way to the others, as in nice(1), which Linux knows for
  /// single threads; not so much that it would wait for long where others use the processors.
  private static let niceness: Int32 = 5

  private let store: CheckpointStore
  private let capture: RunCapture
  private let condition = NSCondition()
  private var outcome: Result<Written, any Error>?
  private let hasEnded = Atomic<Bool>(false)

  /// The step that is being saved; nil when none is.
  private(set) var step: Int?

  /// Reserves what saving beside training needs.
  init(_ store: CheckpointStore) {
    self.store = store
    capture = RunCapture(store.parts)
  }

  /// Captures the state as it is now and begins to write it; parameters that others own are
  /// `fetched`. No save may be under way.
  func begin(_ job: Job, from fetched: FetchedCapture? = nil) {
    precondition(step == nil, "one checkpoint is written at a time")
    step = job.position.step
    hasEnded.store(false, ordering: .relaxed)
    capture.begin(fetched)
    let thread = Thread { [self] in
      // Steps have the processors first: a save takes longer and costs them less.
      let thisThread = __priority_which_t(PRIO_PROCESS.rawValue)
      setpriority(thisThread, 0, min(getpriority(thisThread, 0) + Self.niceness, 19))
      end(with: Result { try write(job) })
    }
    thread.name = "checkpoint"
    thread.start()
  }

  /// Whether a save has ended whose outcome has not been taken.
  var isDone: Bool { step != nil && hasEnded.load(ordering: .acquiring) }

  /// Waits until the save under way has ended, at most until `deadline`; returns whether it has.
  func wait(until deadline: Date) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while outcome == nil { if !condition.wait(until: deadline) { return outcome != nil } }
    return true
  }

  /// What became of the save that has ended; throws what made it fail.
  func takeOutcome() throws -> Written {
    condition.lock()
    let ended = outcome
    outcome = nil
    condition.unlock()
    guard let ended else { preconditionFailure("no save has ended") }
    step = nil
    capture.release()
    return try ended.get()
  }

  private func write(_ job: Job) throws -> Written {
    let bytes = try store.write(capture, job.position, as: job.pointers)
    try store.prune(keeping: job.keep, and: job.stepsToKeep)
    return Written(bytes: bytes, keptBytes: capture.keptBytes, endedAt: .now)
  }

  private func end(with result: Result<Written, any Error>) {
    condition.lock()
    outcome = result
    hasEnded.store(true, ordering: .releasing)
    condition.broadcast()
    condition.unlock()
  }
}
