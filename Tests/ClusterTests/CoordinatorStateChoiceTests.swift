import TestSupport
import Testing

@testable import Cluster

@Suite struct CoordinatorStateChoiceTests {
  /// Two workers that have each computed a slice of step 0, the second in `time` milliseconds.
  private static func pair(secondTakes time: Milliseconds, slices: Int = 2) -> Desk {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 2, last: 3)
    desk.now += 10
    _ = desk.push(1, 0, 0)
    desk.now += time
    _ = desk.push(2, 0, 1)
    return desk
  }

  @Test func whoIsDoneHelpsWhoIsLate() {
    var desk = Self.pair(secondTakes: 12)
    _ = desk.begin(1, last: 3)
    _ = desk.push(1, 1, 0)
    // Twice its own time for a slice, and a little more: then the first computes the second slice.
    let due = desk.state.nextDeadline ?? .max
    #expect(due > desk.now && due < desk.now + 100)
    let orders = desk.handle(.tick, after: due - desk.now)
    #expect(orders == [.lease(1, Desk.lease(1, 1, step: 1))])
    #expect(desk.handle(.tick, after: 1) == [])
    let work = Work(step: 1, slice: 1)
    #expect(
      desk.push(1, 1, 1)
        == [.apply(1, work), .acknowledge(1, work), .acknowledge(2, work), .commit(step: 1)])
  }

  @Test func nobodyHelpsWhileItHasWorkItself() {
    var desk = Self.pair(secondTakes: 12)
    _ = desk.begin(1, last: 3)
    #expect(desk.handle(.tick, after: 400) == [])
  }

  @Test func aSlowWorkerGetsLess() {
    var desk = Self.pair(secondTakes: 300)
    _ = desk.begin(1, slices: 2, last: 3)
    desk.now += 10
    _ = desk.push(1, 1, 0)
    desk.now += 300
    _ = desk.push(2, 1, 1)
    // Step 3 is the first that is cut after both have been measured.
    #expect(
      desk.begin(2, slices: 2, last: 3) == [.lease(1, Desk.lease(0..<2, step: 3))])
  }

  /// What is counted of each worker is what it holds, whatever happens.
  @Test(arguments: [0, 2] as [UInt64])
  func loadsAreWhatIsHeld(staleness: UInt64) {
    var chance = Chance(seed: 7 + staleness)
    var desk = Desk {
      ($0.staleness, $0.attemptLimit) = (staleness, 1_000_000)
    }
    var newcomer: WorkerIdentity = 5
    _ = desk.begin(0, slices: 8, last: 1000)
    for _ in 0..<6000 {
      let version = desk.state.version
      let worker = newcomer - WorkerIdentity(chance.below(5))
      let units = desk.state.steps.flatMap { step in step.units.indices.map(step.work) }
      let work =
        units.isEmpty
        ? Work(step: version, slice: 0) : units[Int(chance.below(UInt64(units.count)))]
      let orders = desk.handle(
        Self.event(&chance, worker, work, version), after: chance.below(40))
      if chance.happens(0.01) {
        _ = desk.state.drain(worker, at: desk.now)
        newcomer += 1
      }
      desk.goOn(after: orders, slices: 8, last: 1000)
      for (worker, member) in desk.state.members {
        #expect(member.load == Self.load(of: worker, desk.state))
      }
    }
    #expect(desk.state.version > 20)
  }

  /// Something that may happen to a worker, most often what brings the run on.
  private static func event(
    _ chance: inout Chance, _ worker: WorkerIdentity, _ work: Work, _ version: UInt64
  ) -> CoordinatorEvent {
    let generation = Desk.generation
    switch chance.below(20) {
    case 0...3: return .hello(worker, Fingerprint(build: "1"), capacity: 1 + Int(chance.below(3)))
    case 4: return .lost(worker)
    case 5: return .failure(worker, generation: generation, work, "it failed")
    case 6: return .tick
    case 7...9:
      let progress = Progress(work: work, attempt: 0, amount: chance.below(9))
      return .report(worker, generation: generation, capacity: 2, [progress])
    case 10...13: return .pull(worker, generation: generation, work, attempt: 0)
    default:
      let origin = PushOrigin(
        version: min(version, work.step), controllerVersion: chance.happens(0.1) ? 0 : version)
      return .push(worker, generation: generation, work, attempt: 0, origin)
    }
  }

  /// The slow definition of what a worker holds.
  private static func load(
    of worker: WorkerIdentity, _ state: CoordinatorState
  ) -> CoordinatorState.Load {
    var load = CoordinatorState.Load()
    for step in state.steps {
      for unit in step.held(by: worker) {
        load.units += 1
        load.slices += step.units[unit].slices.count
        if !state.isAnswerable(step.step) { load.ahead += 1 }
      }
    }
    return load
  }

  @Test func slicesAreLeasedOneByOneWhereTheyMayNotBeSummed() {
    var desk = Desk { $0.singleSlices = true }
    _ = desk.join(1, capacity: 2)
    #expect(desk.begin(0, slices: 3) == (0..<3).map { .lease(1, Desk.lease($0)) })
  }

  /// What was given up goes to the one with the fewest slices for each thread.
  @Test func freedUnitsGoToTheLeastLoaded() {
    var desk = Desk()
    for worker in 1...3 as ClosedRange<WorkerIdentity> { _ = desk.join(worker, capacity: 1) }
    #expect(
      desk.begin(0, slices: 4) == [
        .lease(1, Desk.lease(0..<2)), .lease(2, Desk.lease(2)), .lease(3, Desk.lease(3)),
      ])
    #expect(desk.handle(.bye(3, "test")) == [.lease(2, Desk.lease(3, 1))])
  }
}
