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
    _ = desk.push(1, 1, 0)
    _ = desk.push(2, 1, 1)
    // Step 3 is the first that is cut after both have been measured.
    #expect(
      desk.begin(2, slices: 2, last: 3) == [.lease(1, Desk.lease(0..<2, step: 3))])
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
