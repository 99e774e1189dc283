import Foundation

/// Threads that take jobs from one queue, each with a `ComputeMember` of its own.
final class ComputePool: @unchecked Sendable {
  // Unchecked: everything that changes is changed under `condition`.

  /// One piece of work; it must not throw and reports its own end.
  typealias Job = @Sendable (ComputeMember) -> Void

  /// What goes first: reading is short, and the owner catches the rows of the next step up while
  /// this one is computed, if it knows by then which they are.
  enum Kind: Int, CaseIterable { case read, compute }

  private let condition = NSCondition()
  private var jobs = Array(repeating: [Job](), count: Kind.allCases.count)
  private var isStopped = false

  /// Starts `threads` threads for slices of a run.
  init(parts: RunParts, threads: Int) {
    for number in 0..<threads {
      let thread = Thread { [self] in
        let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
        while let job = next() { job(member) }
      }
      thread.name = "compute-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Lets a free thread do `job`; jobs of one kind begin in the order in which they come.
  func add(_ kind: Kind, _ job: @escaping Job) {
    condition.lock()
    jobs[kind.rawValue].append(job)
    condition.signal()
    condition.unlock()
  }

  /// Ends the threads once all jobs are done: somebody waits for the report of each.
  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  private func next() -> Job? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      for kind in jobs.indices where !jobs[kind].isEmpty { return jobs[kind].removeFirst() }
      if isStopped { return nil }
      condition.wait()
    }
  }
}
