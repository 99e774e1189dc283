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

  mutating func begin(_ step: UInt64, slices: Int = 2) -> [CoordinatorOrder] {
    state.beginStep(step, sliceCount: slices, controllerVersion: step, at: now)
  }

  mutating func push(_ worker: WorkerIdentity, _ step: UInt64, _ slice: Int)
    -> [CoordinatorOrder]
  {
    handle(
      .push(
        worker, generation: Self.generation, Work(step: step, slice: slice), attempt: 0,
        controllerVersion: step))
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
    Lease(
      work: Work(step: step, slice: slice), attempt: attempt, milliseconds: 5000,
      controllerVersion: step)
  }
}

@Suite struct CoordinatorStateTests {
  @Test func aStepFromLeaseToCommit() {
    var desk = Desk()
    #expect(desk.join(1) == [.welcome(1)])
    #expect(desk.begin(0) == [.lease(1, Desk.lease(0))])
    #expect(
      desk.handle(.pull(1, generation: 2, Work(step: 0, slice: 0), attempt: 0))
        == [.sendRows(1, Work(step: 0, slice: 0), attempt: 0)])
    let first = Work(step: 0, slice: 0)
    #expect(
      desk.push(1, 0, 0) == [.apply(1, first), .acknowledge(1, first), .lease(1, Desk.lease(1))])
    let second = Work(step: 0, slice: 1)
    #expect(
      desk.push(1, 0, 1) == [.apply(1, second), .acknowledge(1, second), .commit(step: 0)])
    #expect(desk.begin(1) == [.lease(1, Desk.lease(0, step: 1))])
    #expect(desk.state.status(at: desk.now).counts.applied == 2)
  }

  @Test func slicesGoToTheLeastLoaded() {
    var desk = Desk()
    _ = desk.join(1, capacity: 4)
    _ = desk.join(2, capacity: 2)
    let leases = desk.begin(0, slices: 8).compactMap { order -> WorkerIdentity? in
      if case .lease(let worker, _) = order { worker } else { nil }
    }
    #expect(leases == [1, 2, 1, 1, 2, 1])
  }

  @Test func repeatsAreAcknowledgedAndIgnored() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(0)
    _ = desk.push(1, 0, 0)
    #expect(desk.push(1, 0, 0) == [.acknowledge(1, Work(step: 0, slice: 0))])
    _ = desk.push(1, 0, 1)
    #expect(desk.push(1, 0, 1) == [.acknowledge(1, Work(step: 0, slice: 1))])
    _ = desk.begin(1)
    #expect(desk.push(1, 0, 1) == [.acknowledge(1, Work(step: 0, slice: 1))])
    #expect(desk.state.status(at: desk.now).counts.repeated == 3)
  }

  @Test func whatDoesNotBelongIsRejected() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.begin(5)
    func code(_ orders: [CoordinatorOrder]) -> RejectionCode? {
      for case .reject(_, let code, _, _) in orders { return code }
      return nil
    }
    let work = Work(step: 5, slice: 0)
    #expect(code(desk.push(9, 5, 0)) == .unknownWorker)
    #expect(code(desk.push(1, 6, 0)) == .wrongStep)
    #expect(code(desk.push(1, 5, 7)) == .wrongStep)
    #expect(
      code(
        desk.handle(.push(1, generation: 1, work, attempt: 0, controllerVersion: 5)))
        == .oldGeneration)
    #expect(
      code(
        desk.handle(.push(1, generation: 2, work, attempt: 0, controllerVersion: 4)))
        == .wrongController)
    #expect(
      code(desk.handle(.pull(1, generation: 2, Work(step: 6, slice: 0), attempt: 0))) == .wrongStep)
    #expect(desk.state.status(at: desk.now).counts.applied == 0)
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
    _ = desk.begin(3)
    desk.now += 500
    var worker = try #require(desk.state.status(at: desk.now).workers.first)
    #expect(worker.held == [Work(step: 3, slice: 0), Work(step: 3, slice: 1)])
    #expect(worker.holdings.map(\.ageMilliseconds) == [500, 500])
    #expect(worker.delivered == 0 && worker.deliveredPerSecond == 0)
    _ = desk.push(1, 3, 1)
    // A second HELLO does not make it another.
    _ = desk.join(1, capacity: 2)
    _ = desk.state.drain(1, at: desk.now)
    worker = try #require(desk.state.status(at: desk.now + 4).workers.first)
    #expect(worker.holdings.map(\.work.slice) == [0])
    #expect(worker.delivered == 1 && worker.deliveredPerSecond > 0.5)
    #expect(worker.isDraining && worker.silentMilliseconds == 4)
  }

  @Test func saysWhatItWaitsFor() {
    var desk = Desk()
    #expect(desk.state.status(at: 0).waitsFor == "the first step")
    _ = desk.begin(3)
    #expect(
      desk.state.status(at: 0).waitsFor == "step 3: slice 0 (no worker), slice 1 (no worker)")
    _ = desk.join(1 << 96)
    #expect(
      desk.state.status(at: 0).waitsFor == "step 3: slice 0 (00000001), slice 1 (no worker)")
  }
}
