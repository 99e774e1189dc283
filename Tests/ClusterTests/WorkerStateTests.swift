import Testing

@testable import Cluster

/// A worker, and the orders it has given.
struct Bench {
  var state: WorkerState
  var now: Milliseconds = 0

  init(capacity: Int = 1) {
    state = WorkerState(WorkerSettings(capacity: capacity), at: 0)
  }

  /// The orders without reports.
  mutating func handle(_ event: WorkerEvent, after time: Milliseconds = 1) -> [WorkerOrder] {
    now += time
    return state.handle(event, at: now).filter {
      if case .sendReport = $0 { false } else { true }
    }
  }

  mutating func welcome(generation: UInt32 = 1, job: UInt64 = 7, credit: Int = 100)
    -> [WorkerOrder]
  {
    handle(
      .welcomed(
        job: job, generation: generation, heartbeatMilliseconds: 500, creditBytes: credit))
  }

  static func lease(_ slice: Int) -> Lease {
    Lease(work: Work(step: 3, slice: slice), attempt: 0, milliseconds: 5000)
  }

  /// Takes a slice as far as the push.
  mutating func compute(_ slice: Int, slot: Int, bytes: Int = 10) -> [WorkerOrder] {
    let work = Self.lease(slice).work
    _ = handle(.leased(generation: 1, Self.lease(slice)))
    _ = handle(.prepared(slot: slot, work))
    _ = handle(.rowsArrived(generation: 1, work))
    return handle(.computed(slot: slot, work, pushBytes: bytes))
  }
}

@Suite struct WorkerStateTests {
  @Test func aSliceFromHelloToAcknowledgement() {
    var bench = Bench()
    let lease = Bench.lease(0)
    #expect(bench.handle(.connected) == [.sendHello])
    #expect(bench.welcome() == [])
    #expect(bench.handle(.leased(generation: 1, lease)) == [.prepare(slot: 0, lease)])
    #expect(bench.handle(.leased(generation: 1, lease)) == [])
    #expect(bench.handle(.prepared(slot: 0, lease.work)) == [.sendPull(slot: 0, lease)])
    #expect(
      bench.handle(.rowsArrived(generation: 1, lease.work)) == [.compute(slot: 0, lease)])
    #expect(bench.handle(.rowsArrived(generation: 1, lease.work)) == [])
    #expect(
      bench.handle(.computed(slot: 0, lease.work, pushBytes: 5)) == [.sendPush(slot: 0, lease)])
    #expect(bench.state.waitsFor == "acknowledgements")
    #expect(bench.handle(.acknowledged(generation: 1, lease.work)) == [])
    #expect(
      bench.handle(.leased(generation: 1, Bench.lease(1))) == [.prepare(slot: 0, Bench.lease(1))])
  }

  /// Who waits says for whom, where that is known.
  @Test func theOwnerThatIsMissedIsNamed() {
    var bench = Bench()
    let lease = Bench.lease(0)
    _ = (bench.handle(.connected), bench.welcome())
    _ = bench.handle(.leased(generation: 1, lease))
    _ = bench.handle(.prepared(slot: 0, lease.work))
    #expect(bench.state.waitsFor == "rows")
    bench.state.missedOwner = "server 2 of 3 at tcp://10.0.0.3:8 (not connected)"
    #expect(
      bench.state.waitsFor == "rows of server 2 of 3 at tcp://10.0.0.3:8 (not connected)")
    _ = bench.handle(.rowsArrived(generation: 1, lease.work))
    _ = bench.handle(.computed(slot: 0, lease.work, pushBytes: 5))
    #expect(bench.state.waitsFor.hasPrefix("acknowledgements of server 2 of 3"))
    bench.state.missedOwner = nil
    #expect(bench.state.waitsFor == "acknowledgements")
  }

  @Test func helloIsRepeatedWithGrowingPauses() {
    var bench = Bench()
    var times: [Milliseconds] = []
    while bench.now < 12_000 {
      if bench.handle(.tick, after: 50) == [.sendHello] { times.append(bench.now) }
    }
    #expect(times == [50, 300, 800, 1800, 3800, 5800, 7800, 9800, 11_800])
  }

  /// When the worker gives up, and what it says; ticks come every 100 ms.
  private func giveUp(_ bench: inout Bench) -> (Milliseconds, String)? {
    let limit = bench.now + 1_000_000
    while bench.now < limit {
      if case .exit(.failed(let sentence))? = bench.handle(.tick, after: 100).last {
        return (bench.now, sentence)
      }
    }
    return nil
  }

  @Test(arguments: [3000, 600_000] as [Milliseconds])
  func aWorkerLooksForACoordinatorForSoLong(limit: Milliseconds) throws {
    var settings = WorkerSettings(capacity: 1)
    settings.connectMilliseconds = limit
    var bench = Bench()
    bench.state = WorkerState(settings, at: 0)
    _ = bench.handle(.connected, after: limit / 2)
    let first = try #require(giveUp(&bench))
    #expect(first.0 >= limit && first.0 <= limit + 100)
    #expect(first.1.contains("no coordinator answered for \(limit / 1000) s"))
    // A coordinator that goes away is looked for anew.
    bench = Bench()
    bench.state = WorkerState(settings, at: 0)
    _ = bench.welcome()
    _ = bench.handle(.disconnected, after: 1000)
    let second = try #require(giveUp(&bench))
    #expect(second.0 >= limit + 1001 && second.0 <= limit + 1101)
  }

  /// However short the search for a coordinator may be, one that evaluates is waited for.
  @Test func aCoordinatorThatSaysNothingIsGivenUpAtLast() throws {
    var settings = WorkerSettings(capacity: 1)
    settings.connectMilliseconds = 1000
    var bench = Bench()
    bench.state = WorkerState(settings, at: 0)
    _ = bench.welcome()
    let end = try #require(giveUp(&bench))
    #expect(end.0 >= 600_000)
    #expect(end.1.contains("nothing was heard of the coordinator for 600 s"))
  }

  @Test(arguments: [
    (WorkerEvent.refused("no"), WorkerEnd.refused("no")),
    (.stopped(.done, "yes"), .done("yes")), (.stopped(.drained, "yes"), .done("yes")),
    (.stopped(.interrupted, "later"), .interrupted("later")),
    (.stopped(.failed, "no"), .failed("no")),
  ])
  func ends(event: WorkerEvent, end: WorkerEnd) {
    var bench = Bench()
    #expect(bench.handle(event) == [.exit(end)])
    #expect(bench.handle(.connected) == [])
    #expect(bench.state.nextDeadline == .max)
  }

  @Test func aWorkerThatIsAskedToLeaveSaysSo() {
    var bench = Bench()
    #expect(bench.handle(.leave("SIGTERM")) == [.sendBye("SIGTERM"), .exit(.done("SIGTERM"))])
  }

  @Test func aNewGenerationMakesOldWorkVoid() {
    var bench = Bench(capacity: 2)
    _ = bench.welcome()
    _ = bench.compute(0, slot: 0)
    _ = bench.handle(.leased(generation: 1, Bench.lease(1)))
    #expect(bench.handle(.rejected(.oldGeneration, nil, "old")) == [.sendHello])
    #expect(bench.welcome(generation: 2) == [])
    // Slot 1 still computes for nobody; slot 0 is free.
    #expect(
      bench.handle(.leased(generation: 2, Bench.lease(1))) == [.prepare(slot: 0, Bench.lease(1))])
    #expect(bench.handle(.leased(generation: 2, Bench.lease(2))) == [])
    #expect(
      bench.handle(.prepared(slot: 1, Bench.lease(1).work))
        == [.prepare(slot: 1, Bench.lease(2))])
    // A late WELCOME of the old generation changes nothing.
    #expect(bench.welcome(generation: 1) == [])
    #expect(bench.state.generation == 2)
  }

  @Test func afterABrokenConnectionWorkGoesOn() {
    var bench = Bench()
    _ = bench.welcome()
    let push = bench.compute(0, slot: 0)
    #expect(push == [.sendPush(slot: 0, Bench.lease(0))])
    #expect(bench.handle(.disconnected) == [])
    #expect(bench.handle(.connected) == [.sendHello])
    #expect(bench.welcome() == push)
  }

  @Test func anotherRunAtTheSameAddressIsNotServed() {
    var bench = Bench()
    _ = bench.welcome(job: 7)
    guard case .exit(.failed(let sentence))? = bench.welcome(generation: 1, job: 8).last else {
      Issue.record("it went on")
      return
    }
    #expect(sentence.contains("another run"))
  }

  @Test func reportsBecomeRareWhileNobodyAnswers() {
    var bench = Bench()
    _ = bench.welcome()
    func reports(until end: Milliseconds) -> Int {
      var count = 0
      while bench.now < end {
        bench.now += 100
        count += bench.state.handle(.tick, at: bench.now).count
      }
      return count
    }
    #expect((3...4).contains(reports(until: 2000)))
    #expect(reports(until: 302_000) < 30)
    _ = bench.handle(.toldToWait("the commit"))
    #expect((3...4).contains(reports(until: bench.now + 2000)))
  }

  @Test func reportsTellWhatItHolds() {
    var bench = Bench(capacity: 2)
    _ = bench.welcome()
    _ = bench.compute(0, slot: 0)
    for slice in 1...3 { _ = bench.handle(.leased(generation: 1, Bench.lease(slice))) }
    bench.now += 1000
    guard
      case .sendReport(_, let items, _)? = bench.state.handle(.tick, at: bench.now).last
    else {
      Issue.record("no report")
      return
    }
    #expect(items.map(\.work.slices.lowerBound) == [0, 1, 2, 3])
    #expect(items.map(\.amount) == [4, 1, 0, 0])
  }
}
