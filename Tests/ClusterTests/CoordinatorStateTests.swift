import Testing

@testable import Cluster

/// A coordinator, and the orders it has given.
struct Desk {
  static let generation: UInt32 = 2
  var state: CoordinatorState
  var now: Milliseconds = 10_000

  init(_ change: (inout CoordinatorSettings) -> Void = { _ in }) {
    var settings = CoordinatorSettings(
      generation: Self.generation,
      fingerprint: Fingerprint(build: "1", configuration: "c", data: "d", vocabulary: "v"))
    change(&settings)
    state = CoordinatorState(settings)
  }

  /// The orders without the words for people.
  mutating func handle(_ event: CoordinatorEvent, after time: Milliseconds = 1)
    -> [CoordinatorOrder]
  {
    now += time
    return state.handle(event, at: now).filter { if case .log = $0 { false } else { true } }
  }

  mutating func join(_ worker: WorkerIdentity, capacity: Int = 1) -> [CoordinatorOrder] {
    handle(
      .hello(
        worker, Fingerprint(build: "1", data: "d", vocabulary: "v"), capacity: capacity))
  }

  /// Begins a step, by default the last one: nothing is leased ahead.
  mutating func begin(_ step: UInt64, slices: Int = 2, last: UInt64? = nil)
    -> [CoordinatorOrder]
  {
    state.beginStep(
      step, sliceCount: slices, controllerVersion: step, last: last ?? step, at: now
    )
    .filter { if case .log = $0 { false } else { true } }
  }

  /// Begins steps as long as the last orders are to commit one.
  mutating func goOn(after orders: [CoordinatorOrder], slices: Int, last: UInt64) {
    var orders = orders
    while orders.contains(where: { if case .commit = $0 { true } else { false } }) {
      orders = begin(state.version + 1, slices: slices, last: last)
    }
  }

  mutating func push(_ worker: WorkerIdentity, _ step: UInt64, _ slices: Range<Int>)
    -> [CoordinatorOrder]
  {
    handle(
      .push(
        worker, generation: Self.generation, Work(step: step, slices: slices), attempt: 0,
        PushOrigin(version: step, controllerVersion: step)))
  }

  mutating func push(_ worker: WorkerIdentity, _ step: UInt64, _ slice: Int)
    -> [CoordinatorOrder]
  {
    push(worker, step, slice..<slice + 1)
  }

  mutating func pull(_ worker: WorkerIdentity, _ step: UInt64, _ slices: Range<Int>)
    -> [CoordinatorOrder]
  {
    handle(
      .pull(
        worker, generation: Self.generation, Work(step: step, slices: slices), attempt: 0))
  }

  mutating func report(
    _ worker: WorkerIdentity, _ items: [(Int, UInt64)], step: UInt64 = 0,
    after time: Milliseconds = 1
  ) -> [CoordinatorOrder] {
    let progress = items.map {
      Progress(work: Work(step: step, slice: $0.0), attempt: 0, amount: $0.1)
    }
    return handle(
      .report(worker, generation: Self.generation, capacity: 1, progress), after: time)
  }

  static func lease(_ slice: Int, _ attempt: Int = 0, step: UInt64 = 0) -> Lease {
    lease(slice..<slice + 1, attempt, step: step)
  }

  static func lease(_ slices: Range<Int>, _ attempt: Int = 0, step: UInt64 = 0) -> Lease {
    Lease(work: Work(step: step, slices: slices), attempt: attempt, milliseconds: 5000)
  }
}

@Suite struct CoordinatorStateTests {
  @Test func aStepFromLeaseToCommit() {
    var desk = Desk()
    #expect(desk.join(1) == [.welcome(1)])
    #expect(
      desk.begin(0, last: 1) == [
        .lease(1, Desk.lease(0..<2)), .lease(1, Desk.lease(0..<2, step: 1)),
      ])
    let work = Work(step: 0, slices: 0..<2)
    #expect(desk.pull(1, 0, 0..<2) == [.sendRows(1, work, attempt: 0)])
    #expect(desk.state.isMissing(work) && !desk.state.isMissing(Work(step: 0, slice: 0)))
    #expect(
      desk.push(1, 0, 0..<2) == [.apply(1, work), .acknowledge(1, work), .commit(step: 0)])
    #expect(!desk.state.isMissing(work) && desk.state.isMissing(Work(step: 1, slices: 0..<2)))
    #expect(desk.begin(1) == [])
    #expect(desk.state.status(at: desk.now).counts.applied == 2)
    #expect(desk.state.status(at: desk.now).counts.staleness == [2])
  }

  /// The rows of the next step are asked for, and answered when its version is there.
  @Test func pullsWaitForTheirVersion() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1, last: 5)
    #expect(desk.pull(1, 1, 0..<1) == [])
    #expect(desk.pull(1, 1, 0..<1) == [])
    _ = desk.push(1, 0, 0)
    let next = Work(step: 1, slice: 0)
    #expect(
      desk.begin(1, slices: 1, last: 5)
        == [.sendRows(1, next, attempt: 0), .lease(1, Desk.lease(0, step: 2))])
  }

  /// Where servers own the parameters, they may be a step ahead of the coordinator.
  @Test func aStepCanBeCompleteBeforeItBegins() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0, slices: 1, last: 1)
    _ = desk.push(1, 0, 0)
    let work = Work(step: 1, slice: 0)
    let orders = desk.handle(
      .push(
        1, generation: 2, work, attempt: 0, PushOrigin(version: 1, controllerVersion: 0)))
    #expect(orders == [.apply(1, work), .acknowledge(1, work)])
    #expect(desk.begin(1, slices: 1) == [.commit(step: 1)])
  }

  @Test func eachWorkerGetsARunOfSlicesByItsThreads() {
    var desk = Desk()
    _ = desk.join(1, capacity: 4)
    _ = desk.join(2, capacity: 2)
    #expect(
      desk.begin(0, slices: 6) == [
        .lease(1, Desk.lease(0..<3)), .lease(1, Desk.lease(3..<4)), .lease(2, Desk.lease(4..<6)),
      ])
  }

  @Test func repeatsAreAcknowledgedAndIgnored() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, last: 1)
    _ = desk.push(1, 0, 0)
    #expect(desk.push(1, 0, 0) == [.acknowledge(1, Work(step: 0, slice: 0))])
    _ = desk.push(2, 0, 1)
    #expect(desk.push(2, 0, 1) == [.acknowledge(2, Work(step: 0, slice: 1))])
    _ = desk.begin(1)
    #expect(desk.push(1, 0, 1) == [.acknowledge(1, Work(step: 0, slice: 1))])
    #expect(desk.state.status(at: desk.now).counts.repeated == 3)
  }

  @Test func whatDoesNotBelongIsRejected() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(5, last: 6)
    func code(_ orders: [CoordinatorOrder]) -> RejectionCode? {
      for case .reject(_, let code, _, _) in orders { return code }
      return nil
    }
    func push(generation: UInt32 = 2, _ origin: PushOrigin) -> RejectionCode? {
      let work = Work(step: 5, slices: 0..<2)
      return code(desk.handle(.push(1, generation: generation, work, attempt: 0, origin)))
    }
    #expect(code(desk.push(9, 5, 0..<2)) == .unknownWorker)
    #expect(code(desk.push(1, 7, 0..<2)) == .wrongStep)
    #expect(code(desk.push(1, 5, 7)) == .wrongStep)
    #expect(code(desk.push(1, 5, 0)) == .wrongStep, "half of a unit")
    #expect(push(generation: 1, PushOrigin(version: 5, controllerVersion: 5)) == .oldGeneration)
    #expect(push(PushOrigin(version: 5, controllerVersion: 4)) == .wrongController)
    #expect(push(PushOrigin(version: 4, controllerVersion: 5)) == .wrongController)
    #expect(push(PushOrigin(version: 6, controllerVersion: 5)) == .wrongController)
    #expect(code(desk.push(1, 6, 0..<2)) == .wrongController, "parameters that are not there")
    #expect(code(desk.pull(1, 7, 0..<2)) == .wrongStep)
    #expect(desk.state.status(at: desk.now).counts.applied == 0)
  }

  /// Old parameters are allowed, so many steps old; the pulls of so many steps are answered.
  @Test func parametersMayBeSoOld() {
    var desk = Desk { $0.staleness = 2 }
    _ = desk.join(1)
    _ = desk.begin(5, slices: 1, last: 9)
    for step in 5...7 as ClosedRange<UInt64> {
      #expect(
        desk.pull(1, step, 0..<1) == [.sendRows(1, Work(step: step, slice: 0), attempt: 0)])
    }
    #expect(desk.pull(1, 8, 0..<1) == [])
    let work = Work(step: 7, slice: 0)
    let push = { (version: UInt64) in
      CoordinatorEvent.push(
        1, generation: 2, work, attempt: 0, PushOrigin(version: version, controllerVersion: 0))
    }
    #expect(desk.handle(push(4)).first != .apply(1, work))
    #expect(desk.handle(push(5)).first == .apply(1, work))
    #expect(desk.state.status(at: 0).counts.staleness == [0, 0, 1])
  }

  @Test func whatEndsTellsEverybody() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0)
    #expect(desk.state.finish(.done, "bye", at: desk.now) == [.stop(1, .done, "bye")])
    #expect(desk.join(2) == [.stop(2, .done, "bye")])
    #expect(desk.report(1, []) == [.stop(1, .done, "bye")])
    #expect(desk.push(1, 0, 0) == [.stop(1, .done, "bye")])
  }

  @Test func tellsWhatEachWorkerHoldsAndHasDone() throws {
    var desk = Desk()
    _ = desk.join(1, capacity: 2)
    _ = desk.begin(3, last: 4)
    desk.now += 500
    var worker = try #require(desk.state.status(at: desk.now).workers.first)
    #expect(worker.held == [Work(step: 3, slices: 0..<2), Work(step: 4, slices: 0..<2)])
    #expect(worker.holdings.map(\.ageMilliseconds) == [500, 500])
    #expect(worker.delivered == 0 && worker.deliveredPerSecond == 0)
    _ = desk.push(1, 3, 0..<2)
    // A second HELLO does not make it another.
    _ = desk.join(1, capacity: 2)
    _ = desk.begin(4)
    _ = desk.state.drain(1, at: desk.now)
    worker = try #require(desk.state.status(at: desk.now + 4).workers.first)
    #expect(worker.held == [Work(step: 4, slices: 0..<2)])
    #expect(worker.delivered == 2 && worker.deliveredPerSecond > 0.5)
    #expect(worker.isDraining && worker.silentMilliseconds == 4)
  }

  @Test func saysWhatItWaitsFor() {
    var desk = Desk()
    #expect(desk.state.status(at: 0).waitsFor == "the first step")
    _ = desk.begin(3)
    #expect(desk.state.status(at: 0).waitsFor == "step 3: a worker")
    _ = desk.join(1 << 96)
    #expect(desk.state.status(at: 0).waitsFor == "step 3: slices 0 to 1 (00000001)")
  }
}
