import Testing

@testable import Cluster

/// A server, and the orders it has given.
struct Depot {
  static let worker: WorkerIdentity = 9
  var state: ServerState
  var now: Milliseconds = 0

  init(_ change: (inout ServerSettings) -> Void = { _ in }) {
    var settings = ServerSettings()
    change(&settings)
    state = ServerState(settings, at: 0)
  }

  /// The orders without the words for people.
  mutating func handle(_ event: ServerEvent, after time: Milliseconds = 1) -> [ServerOrder] {
    now += time
    return state.handle(event, at: now).filter { if case .log = $0 { false } else { true } }
  }

  mutating func welcome(_ generation: UInt32 = 1, job: UInt64 = 7, after time: Milliseconds = 1)
    -> [ServerOrder]
  {
    handle(
      .welcomed(job: job, generation: generation, heartbeatMilliseconds: 500), after: time)
  }

  mutating func assign(
    _ generation: UInt32 = 1, version: UInt64 = 0, slices: Int = 2, staleness: UInt64 = 0
  ) -> [ServerOrder] {
    handle(
      .assigned(
        generation: generation, version: version, sliceCount: slices, staleness: staleness))
  }

  mutating func push(_ step: UInt64, _ slice: Int, _ generation: UInt32 = 1) -> [ServerOrder] {
    handle(.push(Self.worker, generation: generation, Work(step: step, slice: slice)))
  }

  mutating func pull(_ step: UInt64, _ slice: Int, _ generation: UInt32 = 1) -> [ServerOrder] {
    handle(
      .pull(Self.worker, generation: generation, Work(step: step, slice: slice), attempt: 0))
  }

  mutating func commit(
    _ step: UInt64, _ generation: UInt32 = 1, capture: UInt64 = 0, released: UInt64 = 0
  ) -> [ServerOrder] {
    let terms = CaptureTerms(version: capture, released: released)
    return handle(.commit(generation: generation, step: step, capture: terms))
  }

  mutating func fetch(
    _ version: UInt64, _ request: UInt64 = 1, _ generation: UInt32 = 1, ofCapture: Bool = false
  ) -> [ServerOrder] {
    handle(
      .fetch(generation: generation, version: version, request: request, ofCapture: ofCapture))
  }

  /// A server that holds the parameters of two slices' steps.
  static func serving(
    version: UInt64 = 0, _ change: (inout ServerSettings) -> Void = { _ in }
  ) -> Depot {
    var depot = Depot(change)
    _ = depot.welcome()
    _ = depot.assign(version: version)
    _ = depot.handle(.loaded(generation: 1))
    return depot
  }

  /// The code of the one rejection among the orders.
  static func rejection(_ orders: [ServerOrder]) -> RejectionCode? {
    guard orders.count == 1, case .reject(worker, let code, _, _) = orders[0] else { return nil }
    return code
  }
}

@Suite struct ServerStateTests {
  @Test func fromHelloToServing() {
    var depot = Depot()
    #expect(depot.state.waitsFor == "the coordinator")
    #expect(depot.handle(.connected) == [.sendHello])
    #expect(depot.welcome() == [.sendState(.idle, version: 0)])
    #expect(depot.state.waitsFor == "parameters to own")
    #expect(depot.assign(version: 5) == [.load(version: 5), .sendState(.loading, version: 5)])
    #expect(depot.state.waitsFor == "the values of its parameters")
    #expect(depot.handle(.loaded(generation: 1)) == [.sendState(.serving, version: 5)])
    #expect(depot.state.waitsFor == "step 5: 2 of 2 slices have not come")
    #expect(depot.handle(.stopped(.done, "the run is over")) == [.exit(.done("the run is over"))])
    #expect(depot.state.waitsFor == "nothing" && depot.state.nextDeadline == .max)
  }

  @Test func greetsWithGrowingPauses() {
    var depot = Depot()
    var times: [Milliseconds] = []
    while depot.now < 6000 {
      if depot.handle(.tick, after: 10) == [.sendHello] { times.append(depot.now) }
    }
    #expect(times == [10, 260, 760, 1760, 3760, 5760])
  }

  @Test func tellsHowFarItIsWithEachHeartbeat() {
    var depot = Depot.serving(version: 3)
    #expect(depot.state.nextDeadline == depot.now + 500)
    #expect(depot.handle(.tick, after: 499) == [])
    #expect(depot.handle(.tick) == [.sendState(.serving, version: 3)])
  }

  @Test(arguments: [RejectionCode.oldGeneration, .unknownWorker])
  func saysHelloAgainOnceWhenRejected(code: RejectionCode) {
    var depot = Depot.serving()
    #expect(depot.handle(.rejected(code, "who?")) == [.sendHello])
    #expect(depot.handle(.rejected(code, "who?")) == [])
    #expect(depot.welcome() == [.sendState(.serving, version: 0)])
  }

  @Test func otherRejectionsChangeNothing() {
    var depot = Depot.serving()
    for code in [RejectionCode.wrongStep, .wrongController, .unusable] {
      #expect(depot.handle(.rejected(code, "no")) == [])
    }
    #expect(depot.state.phase == .serving)
  }

  @Test func aBrokenConnectionKeepsTheParameters() {
    var depot = Depot.serving(version: 4)
    _ = depot.push(4, 0)
    #expect(depot.handle(.disconnected) == [])
    // Workers are answered meanwhile; the coordinator is asked whether it still knows this server.
    #expect(
      depot.pull(4, 1) == [.sendRows(Depot.worker, Work(step: 4, slice: 1), attempt: 0)])
    #expect(
      depot.push(4, 1)
        == [.keep(Work(step: 4, slice: 1)), .acknowledge(Depot.worker, Work(step: 4, slice: 1))])
    #expect(depot.commit(4) == [])
    #expect(depot.handle(.connected) == [.sendHello])
    #expect(depot.welcome() == [.sendState(.serving, version: 4)])
    #expect(depot.commit(4) == [.apply(step: 4), .sendState(.serving, version: 5)])
  }

  @Test func valuesMayComeWhileItGreets() {
    var depot = Depot()
    _ = depot.welcome()
    _ = depot.assign()
    _ = depot.handle(.disconnected)
    #expect(depot.handle(.loaded(generation: 1)) == [])
    #expect(depot.welcome() == [.sendState(.serving, version: 0)])
  }

  @Test func aNewGenerationMakesAllVoid() {
    var depot = Depot.serving(version: 4)
    _ = depot.push(4, 0)
    _ = depot.pull(5, 0)
    _ = depot.fetch(5)
    _ = depot.handle(.rejected(.oldGeneration, "begin again"))
    #expect(depot.welcome(2) == [.sendState(.idle, version: 0)])
    #expect(depot.assign(1) == [] && depot.handle(.loaded(generation: 2)) == [])
    #expect(
      depot.assign(2, version: 4) == [.load(version: 4), .sendState(.loading, version: 4)])
    #expect(depot.handle(.loaded(generation: 1)) == [])
    #expect(depot.handle(.loaded(generation: 2)) == [.sendState(.serving, version: 4)])
    for slice in [0, 1] {
      #expect(depot.push(4, slice, 2).first == .keep(Work(step: 4, slice: slice)))
    }
    #expect(depot.commit(4, 2) == [.apply(step: 4), .sendState(.serving, version: 5)])
  }

  /// Two HELLOs may have been on their way: the answer to the second is of the next generation.
  @Test(arguments: [0, 1, 2])
  func aNewGenerationMayComeUnasked(progress: Int) {
    var depot = Depot()
    _ = depot.welcome()
    if progress > 0 { _ = depot.assign() }
    if progress > 1 { _ = depot.handle(.loaded(generation: 1)) }
    #expect(depot.welcome(2) == [.sendState(.idle, version: 0)])
    #expect(depot.commit(0, 2) == [] && depot.fetch(0, 1, 2) == [])
    #expect(
      depot.assign(2, version: 8) == [.load(version: 8), .sendState(.loading, version: 8)])
  }

  @Test func anOldWelcomeChangesNothing() {
    var depot = Depot()
    _ = depot.welcome(3)
    _ = depot.assign(3)
    #expect(depot.welcome(2) == [])
    #expect(depot.state.generation == 3 && depot.state.phase == .loading)
    #expect(depot.welcome(3) == [.sendState(.loading, version: 0)])
  }

  @Test func anotherRunEndsIt() {
    var depot = Depot.serving()
    let orders = depot.welcome(2, job: 8)
    #expect(orders.count == 1)
    guard case .exit(.failed(let sentence))? = orders.first else {
      Issue.record("\(orders)")
      return
    }
    #expect(sentence.contains("another run"))
  }

  @Test func endsWithItsReason() {
    var depot = Depot()
    #expect(depot.handle(.refused("other build")) == [.exit(.refused("other build"))])
    #expect(depot.handle(.connected) == [], "what has ended does nothing")
    depot = Depot.serving()
    #expect(depot.handle(.stopped(.failed, "disk full")) == [.exit(.failed("disk full"))])
    depot = Depot.serving()
    #expect(depot.handle(.leave("asked")) == [.sendBye("asked"), .exit(.done("asked"))])
    depot = Depot.serving()
    let orders = depot.handle(.failed("no memory"))
    #expect(orders == [.sendFailure("no memory"), .exit(.failed("no memory"))])
  }

  @Test func givesUpWhenNobodyAnswers() {
    var depot = Depot { $0.patienceMilliseconds = 5000 }
    _ = depot.handle(.connected)
    let early = depot.handle(.tick, after: 4998)
    #expect(!early.contains { if case .exit = $0 { true } else { false } })
    #expect(depot.state.nextDeadline == 5000)
    let orders = depot.handle(.tick)
    #expect(orders.contains { if case .exit(.failed) = $0 { true } else { false } })
  }

  /// A spare hears nothing for hours; that must not count when it has to look for its coordinator.
  @Test func patienceBeginsWithTheSearch() {
    var depot = Depot { $0.patienceMilliseconds = 5000 }
    _ = depot.welcome()
    _ = depot.welcome(1, after: 100_000)
    #expect(depot.handle(.rejected(.oldGeneration, "begin again")) == [.sendHello])
    _ = depot.welcome(2)
    _ = depot.handle(.tick, after: 4000)
    #expect(depot.handle(.disconnected) == [])
    #expect(depot.handle(.connected, after: 4000) == [.sendHello])
    // Connecting again is no answer.
    let orders = depot.handle(.tick, after: 1000)
    #expect(orders.contains { if case .exit(.failed) = $0 { true } else { false } })
  }

  /// The connection is there, but nobody speaks: a HELLO tells whether the coordinator still works.
  @Test func asksWhenNothingIsHeard() {
    var depot = Depot { $0.patienceMilliseconds = 5000 }
    _ = depot.welcome()
    #expect(depot.handle(.tick, after: 4999) == [.sendState(.idle, version: 0)])
    #expect(depot.handle(.tick) == [.sendHello])
    #expect(depot.welcome() == [.sendState(.idle, version: 0)])
    #expect(depot.handle(.tick, after: 5000) == [.sendHello])
    let orders = depot.handle(.tick, after: 5000)
    #expect(orders.contains { if case .exit(.failed) = $0 { true } else { false } })
  }
}
