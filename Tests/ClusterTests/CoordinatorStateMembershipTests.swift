import Testing

@testable import Cluster

@Suite struct CoordinatorStateMembershipTests {
  @Test func strangersAreRefusedByName() {
    var desk = Desk()
    let orders = desk.handle(
      .hello(4, Fingerprint(build: "1", data: "other", vocabulary: "v"), capacity: 1))
    let sentence =
      "the worker's data is other, the coordinator's is d; copy the prepared folder of the "
      + "coordinator, manifest included"
    #expect(orders == [.refuse(4, .otherData, sentence)])
    #expect(desk.state.status(at: 0).workers.isEmpty)
  }

  @Test func helloMayBeRepeated() {
    var desk = Desk()
    _ = desk.begin(0, slices: 1)
    #expect(desk.join(1) == [.welcome(1), .lease(1, Desk.lease(0))])
    #expect(desk.join(1) == [.welcome(1)])
    #expect(desk.state.status(at: 0).counts.joined == 1)
  }

  @Test func silenceIsNoticedByTheClock() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.report(1, [])
    _ = desk.begin(0, slices: 1)
    var lostAfter: Milliseconds = 0
    while desk.state.status(at: 0).workers.count == 2, lostAfter < 10_000 {
      _ = desk.report(2, [], after: 100)
      _ = desk.handle(.tick, after: 0)
      lostAfter += 100
    }
    #expect((3000...3100).contains(lostAfter))
    #expect(desk.state.status(at: 0).workers.map(\.identity) == [2])
    #expect(desk.state.status(at: 0).workers.first?.held == [Work(step: 0, slice: 0)])
  }

  /// On a busy machine many workers that start at once are slow: their silence is no failure of
  /// the slices that they were given, and who is ready comes first.
  @Test func aWorkerThatBuildsItsNetworkPoisonsNothing() {
    var desk = Desk()
    _ = desk.begin(0, slices: 1)
    for worker in 1...5 as ClosedRange<WorkerIdentity> {
      #expect(desk.join(worker).count == 2)
      for _ in 0..<7 { #expect(desk.handle(.tick, after: 500) == []) }
      #expect(desk.state.workerCount == 0)
    }
    _ = desk.join(6)
    _ = desk.join(7)
    _ = desk.report(7, [])
    _ = desk.push(6, 0, 0)
    #expect(desk.begin(1, slices: 1) == [.lease(6, Desk.lease(0, step: 1))])
    _ = desk.push(6, 1, 0)
    _ = desk.handle(.bye(6, "enough"))
    _ = desk.join(6)
    #expect(desk.begin(2, slices: 1) == [.lease(7, Desk.lease(0, step: 2))])
  }

  /// A coordinator that was stopped for a minute must not blame its workers.
  @Test func itsOwnAbsenceIsNotTheWorkersSilence() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1)
    #expect(desk.handle(.tick, after: 60_000) == [])
    #expect(desk.state.status(at: 0).workers.count == 1)
  }

  @Test func aStuckWorkerIsSentAway() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1)
    var orders: [CoordinatorOrder] = []
    for _ in 0..<125 {
      orders += desk.report(1, [(0, 1)], after: 500)
      orders += desk.handle(.tick)
    }
    let sentence = "no progress on slice 0 of step 0 for 60 s"
    #expect(orders.contains(.stop(1, .failed, sentence)))
  }

  /// Who is patient with leases is so with workers, and hears of them often enough.
  @Test(
    arguments: [
      (1, 20, 60_000), (200, 50, 60_000), (10_000, 500, 60_000), (30_000, 500, 180_000),
    ] as [(Milliseconds, Milliseconds, Milliseconds)])
  func patienceFollowsTheLease(
    lease: Milliseconds, report: Milliseconds, stuck: Milliseconds
  ) {
    var settings = CoordinatorSettings(
      generation: 1, fingerprint: Fingerprint(build: "b", data: "d", vocabulary: "v"))
    settings.leaseMilliseconds = lease
    #expect(settings.reportMilliseconds == report)
    #expect(settings.stuckMilliseconds == stuck)
  }

  @Test func theClockIsAskedForOftenEnough() {
    var desk = Desk()
    #expect(desk.state.nextDeadline == nil)
    _ = desk.join(1)
    #expect(desk.state.nextDeadline == desk.now + 500)
  }
}
