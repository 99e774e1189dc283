import Testing

@testable import Cluster

@Suite struct WorkerStateSlotsTests {
  /// Before a coordinator has welcomed the worker, nobody can lease it anything.
  @Test func leasesOfNobodyAreNotTaken() {
    var bench = Bench()
    _ = bench.handle(.connected)
    #expect(bench.handle(.leased(generation: 0, Bench.lease(0))) == [])
    _ = bench.welcome()
    #expect(bench.handle(.leased(generation: 0, Bench.lease(0))) == [])
    #expect(
      bench.handle(.leased(generation: 1, Bench.lease(1))) == [.prepare(slot: 0, Bench.lease(1))])
  }

  @Test func requestsAreRepeatedWithGrowingPauses() {
    var bench = Bench()
    _ = bench.welcome()
    let lease = Bench.lease(0)
    _ = bench.handle(.leased(generation: 1, lease))
    _ = bench.handle(.prepared(slot: 0, lease.work))
    let begin = bench.now
    var times: [Milliseconds] = []
    while bench.now < begin + 40_000 {
      // Whoever lives but does not answer must be asked again.
      let orders = bench.handle(.toldToWait("rows"), after: 50)
      if orders == [.sendPull(slot: 0, lease)] { times.append(bench.now - begin) }
    }
    #expect(times == [3000, 9000, 21_000])
  }

  @Test func pushesWaitForCredit() {
    var bench = Bench(capacity: 3)
    _ = bench.welcome(credit: 100)
    #expect(bench.compute(0, slot: 0, bytes: 60) == [.sendPush(slot: 0, Bench.lease(0))])
    #expect(bench.compute(1, slot: 1, bytes: 60) == [])
    #expect(bench.compute(2, slot: 2, bytes: 40) == [.sendPush(slot: 2, Bench.lease(2))])
    #expect(bench.handle(.acknowledged(generation: 1, Bench.lease(2).work)) == [])
    #expect(
      bench.handle(.acknowledged(generation: 1, Bench.lease(0).work))
        == [.sendPush(slot: 1, Bench.lease(1))])
  }

  @Test func onePushIsAlwaysAllowed() {
    var bench = Bench()
    _ = bench.welcome(credit: 1)
    #expect(bench.compute(0, slot: 0, bytes: 1_000_000) == [.sendPush(slot: 0, Bench.lease(0))])
  }

  /// Somebody else was faster: a compute thread cannot be stopped, its result is dropped.
  @Test func settledWorkIsDropped() {
    var bench = Bench()
    _ = bench.welcome()
    let lease = Bench.lease(0)
    _ = bench.handle(.leased(generation: 1, lease))
    _ = bench.handle(.prepared(slot: 0, lease.work))
    _ = bench.handle(.rowsArrived(generation: 1, lease.work))
    #expect(bench.handle(.acknowledged(generation: 1, lease.work)) == [])
    #expect(bench.handle(.leased(generation: 1, Bench.lease(1))) == [])
    #expect(
      bench.handle(.computed(slot: 0, lease.work, pushBytes: 1))
        == [.prepare(slot: 0, Bench.lease(1))])
  }

  @Test(arguments: [true, false])
  func failuresAreReported(whilePreparing: Bool) {
    var bench = Bench()
    _ = bench.welcome()
    let lease = Bench.lease(0)
    _ = bench.handle(.leased(generation: 1, lease))
    if !whilePreparing {
      _ = bench.handle(.prepared(slot: 0, lease.work))
      _ = bench.handle(.rowsArrived(generation: 1, lease.work))
    }
    #expect(
      bench.handle(.failed(slot: 0, lease.work, "torn block")) == [
        .sendFailure(lease, "torn block")
      ])
    #expect(bench.handle(.leased(generation: 1, lease)) == [.prepare(slot: 0, lease)])
  }

  /// What waits for a slot gets on with those that have one; a report tells of all at once.
  @Test func progressOfOneIsThatOfAllThatWait() throws {
    var bench = Bench(capacity: 2)
    _ = bench.welcome()
    for slice in 0..<4 { _ = bench.handle(.leased(generation: 1, Bench.lease(slice))) }
    func report() throws -> [UInt64] {
      bench.now += 500
      let order = bench.state.handle(.tick, at: bench.now).last
      guard case .sendReport(_, let items, _)? = order else { throw Missing() }
      return items.map(\.amount)
    }
    #expect(try report() == [1, 1, 0, 0])
    // It comes when a report is due, and does not send it.
    bench.now += 600
    #expect(
      bench.state.handle(.progressed(slot: 0, Bench.lease(0).work), at: bench.now) == [])
    #expect(bench.handle(.progressed(slot: 1, Bench.lease(9).work)) == [], "of other work")
    #expect(try report() == [2, 1, 1, 1])
    // Somebody else has delivered it, but a thread still works on it.
    _ = bench.handle(.acknowledged(generation: 1, Bench.lease(0).work))
    _ = bench.handle(.progressed(slot: 0, Bench.lease(0).work))
    #expect(try report() == [1, 2, 2])
    _ = bench.handle(.computed(slot: 0, Bench.lease(0).work, pushBytes: 1))
    #expect(try report() == [3, 1, 2])
  }

  private struct Missing: Error {}

  @Test func rejectedWorkIsDropped() {
    var bench = Bench()
    _ = bench.welcome()
    _ = bench.compute(0, slot: 0)
    #expect(bench.handle(.rejected(.wrongStep, Bench.lease(0).work, "late")) == [])
    #expect(
      bench.handle(.leased(generation: 1, Bench.lease(1))) == [.prepare(slot: 0, Bench.lease(1))])
  }

  @Test func leasesOfAnotherGenerationAreIgnored() {
    var bench = Bench()
    _ = bench.welcome(generation: 4)
    #expect(bench.handle(.leased(generation: 3, Bench.lease(0))) == [])
  }
}
