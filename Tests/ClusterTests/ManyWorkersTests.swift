import Foundation
import TestSupport
import Testing

@testable import Cluster

/// What the coordinator's decisions cost with many workers: told, and long if it is not bearable.
///
/// `AUTOLOSS_COORDINATOR_STEPS=100` makes so many steps.
@Suite struct ManyWorkersTests {
  @Test(arguments: [(2, 4, 0), (64, 64, 0), (64, 64, 4), (64, 64, 64)])
  func decisionsAreCheap(workers: Int, slices: Int, staleness: UInt64) {
    let steps =
      UInt64(ProcessInfo.processInfo.environment["AUTOLOSS_COORDINATOR_STEPS"] ?? "") ?? 10
    var crowd = Crowd(slices: slices, steps: steps, staleness: staleness)
    crowd.run(workers: workers)
    #expect(crowd.version == steps)
    #expect(crowd.state.status(at: crowd.now).counts.applied == slices * Int(steps))
    let microseconds = { (time: Duration) in
      (Double(time / .nanoseconds(100)) / Double(crowd.events)).rounded() / 10
    }
    print(
      "coordinator: \(workers) workers, \(slices) slices, staleness \(staleness): "
        + "\(crowd.events) events, \(microseconds(crowd.deciding)) µs each, "
        + "\(microseconds(crowd.looking)) µs for each deadline")
  }
}

/// Workers that take 5 to 8 ms for a slice and say each half a second what they hold.
private struct Crowd {
  let slices: Int
  let steps: UInt64
  var state: CoordinatorState
  var now: Milliseconds = 1000
  var version: UInt64 = 0
  var events = 0
  var deciding = Duration.zero
  var looking = Duration.zero
  private var agenda = Agenda<CoordinatorEvent>()
  private var busyUntil: [WorkerIdentity: Milliseconds] = [:]
  private var held: [WorkerIdentity: Set<Work>] = [:]

  init(slices: Int, steps: UInt64, staleness: UInt64) {
    (self.slices, self.steps) = (slices, steps)
    var settings = CoordinatorSettings(generation: 1, fingerprint: Fingerprint(build: "b"))
    settings.staleness = staleness
    state = CoordinatorState(settings)
  }

  mutating func run(workers: Int) {
    for worker in 1...WorkerIdentity(workers) {
      take(.hello(worker, Fingerprint(build: "b"), capacity: 2))
      take(.report(worker, generation: 1, capacity: 2, []))
      agenda.add(now + UInt64(worker), .report(worker, generation: 1, capacity: 2, []))
    }
    begin()
    while version < steps, let (time, event) = agenda.next() {
      now = max(now, time)
      switch event {
      case .report(let worker, _, _, _):
        let progress = (held[worker] ?? []).sorted().map {
          Progress(work: $0, attempt: 0, amount: now)
        }
        agenda.add(now + 500, event)
        take(.report(worker, generation: 1, capacity: 2, progress))
      case .push(let worker, _, let work, _, _) where held[worker]?.contains(work) != true: continue
      default: take(event)
      }
      let began = ContinuousClock.now
      let due = state.nextDeadline ?? .max
      looking += ContinuousClock.now - began
      if due <= now { take(.tick) }
    }
  }

  private mutating func take(_ event: CoordinatorEvent) {
    let began = ContinuousClock.now
    let orders = state.handle(event, at: now)
    deciding += ContinuousClock.now - began
    events += 1
    perform(orders)
  }

  private mutating func begin() {
    let began = ContinuousClock.now
    let orders = state.beginStep(
      version, sliceCount: slices, controllerVersion: 0, last: steps - 1, at: now)
    deciding += ContinuousClock.now - began
    perform(orders)
  }

  private mutating func perform(_ orders: [CoordinatorOrder]) {
    for order in orders {
      switch order {
      case .lease(let worker, let lease):
        held[worker, default: []].insert(lease.work)
        agenda.add(now + 1, .pull(worker, generation: 1, lease.work, attempt: lease.attempt))
      case .sendRows(let worker, let work, _):
        let pace = 5 + UInt64(worker % 4)
        let end = max(now, busyUntil[worker] ?? 0) + pace * UInt64(work.slices.count)
        busyUntil[worker] = end
        let origin = PushOrigin(version: version, controllerVersion: 0)
        agenda.add(end, .push(worker, generation: 1, work, attempt: 0, origin))
      case .acknowledge(let worker, let work): held[worker]?.remove(work)
      case .commit(let step):
        version = step + 1
        if version < steps { begin() }
      default: break
      }
    }
  }
}
