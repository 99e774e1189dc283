import Foundation
import Synchronization

/// A fixed set of threads that run the same prepared job, phase by phase.
///
/// The job is given once, so a phase allocates nothing: `run(phase)` wakes the members, takes part
/// as member 0 and returns when all have finished. Which member does what is the job's own affair
/// (usually a shared counter hands out tasks), and must not change any result.
final class ThreadTeam: Sendable {
  /// What every member does in a phase; `member` counts from 0.
  typealias Job = @Sendable (_ member: Int, _ phase: Int) -> Void

  /// How many threads take part, the calling one included.
  let count: Int
  private let job: Job
  private let condition = NSCondition()
  private let round = Atomic<Int>(0)
  private let phase = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)

  /// Polls of the shared counter before a member goes to sleep: a few tens of microseconds, the
  /// length of the gaps between the phases of a step.
  private static let spins = 4000

  /// Starts `count − 1` threads, which end when the team is stopped.
  init(count: Int, job: @escaping Job) {
    precondition(count >= 1, "a team needs at least one thread, not \(count)")
    self.count = count
    self.job = job
    for member in 1..<max(count, 1) {
      let thread = Thread { [self] in work(as: member) }
      thread.name = "compute-\(member)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Runs one phase on all members and returns when every one has finished it.
  func run(_ phase: Int) {
    busy.store(count - 1, ordering: .relaxed)
    self.phase.store(phase, ordering: .relaxed)
    announce()
    job(0, phase)
    waitUntil { busy.load(ordering: .acquiring) == 0 }
  }

  /// Ends the threads; the team cannot run afterwards.
  func stop() {
    stopped.store(true, ordering: .relaxed)
    announce()
  }

  private func announce() {
    condition.lock()
    round.add(1, ordering: .releasing)
    condition.broadcast()
    condition.unlock()
  }

  private func work(as member: Int) {
    var seen = 0
    while true {
      waitUntil { round.load(ordering: .acquiring) != seen }
      seen += 1
      if stopped.load(ordering: .relaxed) { return }
      job(member, phase.load(ordering: .relaxed))
      if busy.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        condition.lock()
        condition.broadcast()
        condition.unlock()
      }
    }
  }

  private func waitUntil(_ ready: () -> Bool) {
    for _ in 0..<Self.spins where ready() { return }
    condition.lock()
    while !ready() { condition.wait() }
    condition.unlock()
  }
}
