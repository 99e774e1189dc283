import Foundation

@testable import Cluster

/// A coordinator's state among workers that take 5 to 8 ms for a slice and say each half a second
/// what they hold.
struct Crowd {
  let slices: Int
  let steps: UInt64
  /// Milliseconds from the parameters to a worker and back.
  var trips: [WorkerIdentity: Milliseconds] = [:]
  /// From this step on nobody is far away.
  var comesCloser: UInt64?
  /// How long each step took.
  var times: [Milliseconds] = []
  var state: CoordinatorState
  var now: Milliseconds = 1000
  var version: UInt64 = 0
  var events = 0
  var deciding = Duration.zero
  var looking = Duration.zero
  private var tickAt: Milliseconds = 0
  private var begunAt: Milliseconds = 0
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
      if due <= now {
        take(.tick)
      } else if due < tickAt || tickAt <= now {
        tickAt = due
        agenda.add(due, .tick)
      }
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
    begunAt = now
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
        let trip = version < comesCloser ?? .max ? trips[worker] ?? 0 : 0
        let origin = PushOrigin(
          version: version, controllerVersion: 0,
          computing: Double(pace) * Double(work.slices.count))
        agenda.add(end + trip, .push(worker, generation: 1, work, attempt: 0, origin))
      case .acknowledge(let worker, let work): held[worker]?.remove(work)
      case .commit(let step):
        version = step + 1
        times.append(now - begunAt)
        if version < steps { begin() }
      default: break
      }
    }
  }
}
