import Testing

@testable import Cluster

@Suite struct CoordinatorStateLeasesTests {
  @Test func aLostWorkersUnitsMoveAtOnce() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2, capacity: 1)
    #expect(desk.begin(0) == [.lease(1, Desk.lease(0)), .lease(2, Desk.lease(1))])
    #expect(desk.handle(.lost(1)) == [.lease(2, Desk.lease(0, 1))])
    #expect(desk.handle(.lost(1)) == [])
  }

  @Test func aSliceWithoutProgressIsLeasedAgainAndTheFirstPushWins() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 1)
    var orders: [CoordinatorOrder] = []
    for round in 0..<12 as Range<UInt64> {
      // The first worker lives but does not get on; its progress renews the lease once.
      orders += desk.report(1, [(0, min(round, 1))], after: 500)
      orders += desk.report(2, [])
    }
    let leases = orders.filter { if case .lease = $0 { true } else { false } }
    #expect(leases == [.lease(2, Desk.lease(0, 1))])
    let work = Work(step: 0, slice: 0)
    #expect(
      desk.push(2, 0, 0)
        == [.apply(2, work), .acknowledge(2, work), .acknowledge(1, work), .commit(step: 0)])
    #expect(desk.push(1, 0, 0) == [.acknowledge(1, work)])
  }

  /// People are told why two workers compute the same.
  @Test func whyAUnitIsLeasedAgainIsTold() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 1)
    var texts: [String] = []
    let progress = [Progress(work: Work(step: 0, slice: 0), attempt: 0, amount: 1)]
    for _ in 0..<12 {
      desk.now += 500
      for (worker, items) in [(1, progress), (2, [])] as [(WorkerIdentity, [Progress])] {
        let report = CoordinatorEvent.report(
          worker, generation: Desk.generation, capacity: 1, items)
        for order in desk.state.handle(report, at: desk.now) {
          if case .log(_, let text) = order { texts.append(text) }
        }
      }
    }
    #expect(
      texts == [
        "slice 0 of step 0 is leased again, to worker 00000000: nobody has got on with it"
      ])
    var other = Desk()
    _ = other.join(1)
    _ = other.join(2)
    _ = other.begin(0, slices: 1)
    let orders = other.state.handle(.lost(1), at: other.now)
    #expect(
      orders.contains(
        .log(.notice, "slice 0 of step 0 is leased again, to worker 00000000")))
  }

  @Test func progressKeepsALease() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 1)
    for round in 1..<60 as Range<UInt64> {
      for orders in [desk.report(1, [(0, round)], after: 500), desk.report(2, [])] {
        #expect(!orders.contains { if case .lease = $0 { true } else { false } })
      }
    }
  }

  @Test func aLeaseThatGotLostIsSentAgain() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1)
    let isOnlyWait = desk.report(1, [], after: 100)
    #expect(isOnlyWait == [.wait(1, "step 0: slice 0 (00000000)")])
    #expect(desk.report(1, [], after: 300) == [.lease(1, Desk.lease(0))])
  }

  @Test func aWorkerThatComesBackWithItsWorkIsCountedIn() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0)
    _ = desk.handle(.lost(1))
    #expect(desk.join(1) == [.welcome(1), .lease(1, Desk.lease(0..<2, 1))])
    var second = Desk()
    _ = second.begin(0, slices: 1)
    _ = second.join(1)
    _ = second.handle(.bye(1, "test"))
    _ = second.join(2)
    _ = second.join(1)
    #expect(second.report(1, [(0, 3)]).last == .wait(1, "step 0: slice 0 (00000000, 00000000)"))
  }

  /// Three processes die at the same slice, or the only one reports three times that it fails.
  @Test func aPoisonedSliceEndsTheRunAndIsNamed() {
    var desk = Desk()
    _ = desk.begin(7, slices: 1)
    var orders: [CoordinatorOrder] = []
    for worker in 1...3 as ClosedRange<WorkerIdentity> {
      _ = desk.join(worker)
      orders = desk.handle(.lost(worker))
    }
    let sentence =
      "slice 0 of step 7 failed 3 times on 3 workers; the last said: "
      + "worker 00000000 was lost"
    #expect(orders == [.fail(sentence)])
    #expect(desk.state.poisoned == Work(step: 7, slice: 0))
    var alone = Desk()
    _ = alone.join(1)
    _ = alone.begin(0, slices: 1)
    for _ in 0..<3 {
      orders = alone.handle(
        .failure(1, generation: 2, Work(step: 0, slice: 0), "row 5 of shard 3 is torn"))
    }
    #expect(
      orders.contains { if case .fail(let text) = $0 { text.contains("shard 3") } else { false } })
    #expect(
      orders.first
        == .stop(
          1, .failed,
          "slice 0 of step 0 failed 3 times on 1 workers; the last said: row 5 of shard 3 is torn"))
  }

  /// What it holds of the next step waits for the present one, which may be nobody's.
  @Test func aDrainedWorkerDoesNotWaitForStepsAhead() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 2, last: 5)
    #expect(desk.state.drain(1, at: desk.now) == [])
    #expect(
      desk.push(1, 0, 0).contains(.stop(1, .drained, "the worker was asked to leave")))
    #expect(desk.state.status(at: 0).workers.map(\.identity) == [2])
  }

  /// However many units of the next step it holds, it has room for those of the present one.
  @Test func unitsAheadLeaveRoomForThePresentStep() {
    var desk = Desk()
    for worker in 1...9 as ClosedRange<WorkerIdentity> {
      _ = desk.join(worker)
      _ = desk.report(worker, [])
    }
    _ = desk.begin(0, slices: 64, last: 5)
    for worker in 2...9 as ClosedRange<WorkerIdentity> {
      _ = desk.handle(.bye(worker, "enough"))
    }
    let held = desk.state.status(at: 0).workers.first?.held ?? []
    #expect(held.count <= 8 && held.contains { $0.step == 0 })
    #expect(held.count { $0.step == 1 } <= 4)
  }

  /// The same two workers are lost again and again, for their links break, and come back.
  @Test func brokenLinksPoisonNothing() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 1)
    for round in 0..<10 {
      let worker = WorkerIdentity(1 + round % 2)
      _ = desk.report(worker, [])
      for order in desk.handle(.lost(worker)) {
        if case .fail(let sentence) = order { Issue.record("\(sentence)") }
      }
      _ = desk.join(worker)
    }
    #expect(desk.state.workerCount == 2)
  }

  @Test func aFailedSliceGoesToAWorkerThatHasNotFailed() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1)
    _ = desk.join(2)
    let orders = desk.handle(.failure(1, generation: 2, Work(step: 0, slice: 0), "no memory"))
    #expect(orders == [.lease(2, Desk.lease(0, 1))])
  }

  /// Every worker fails on everything, and has room for what it has just failed on only.
  @Test func slicesThatFailEverywhereDoNotGoRoundForEver() {
    var desk = Desk()
    _ = desk.join(1, capacity: 2)
    _ = desk.join(2, capacity: 2)
    var leases = desk.begin(0, slices: 4)
    for _ in 0..<20 {
      var next: [CoordinatorOrder] = []
      for case .lease(let worker, let lease) in leases {
        next += desk.handle(.failure(worker, generation: 2, lease.work, "torn"))
      }
      leases = next
      if next.contains(where: { if case .fail = $0 { true } else { false } }) { return }
    }
    Issue.record("the run goes on for ever")
  }

  @Test func aDrainedWorkerFinishesWhatItHolds() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0)
    #expect(desk.state.drain(1, at: desk.now) == [])
    let work = Work(step: 0, slices: 0..<2)
    let orders = desk.push(1, 0, 0..<2)
    #expect(orders.prefix(2) == [.apply(1, work), .acknowledge(1, work)])
    let stop = CoordinatorOrder.stop(1, .drained, "the worker was asked to leave")
    #expect(orders.last == stop)
    #expect(desk.state.status(at: 0).workers.isEmpty)
    // STOP was lost: it is said again to whatever the worker says, and it does not come back.
    #expect(desk.report(1, []) == [stop])
    #expect(desk.join(1) == [stop])
    #expect(desk.join(2).first == .welcome(2))
  }
}
