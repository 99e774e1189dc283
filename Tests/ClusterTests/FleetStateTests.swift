import Testing

@testable import Cluster

/// A fleet of generation 2, and the orders it has given.
struct Harbour {
  static let fingerprint = Fingerprint(build: "1")
  var state: FleetState
  var now: Milliseconds = 10_000

  init(servers: Int = 2, version: UInt64 = 0) {
    state = FleetState(
      FleetSettings(
        generation: 2, fingerprint: Self.fingerprint, servers: servers, version: version))
  }

  /// The orders without the words for people.
  mutating func handle(_ event: FleetEvent, after time: Milliseconds = 1) -> [FleetOrder] {
    now += time
    return state.handle(event, at: now).filter { if case .log = $0 { false } else { true } }
  }

  mutating func hello(_ server: WorkerIdentity) -> [FleetOrder] {
    handle(.hello(server, Self.fingerprint, address: "tcp://\(server)"))
  }

  mutating func tell(
    _ server: WorkerIdentity, _ stage: ServerStage, _ version: UInt64 = 0, _ generation: UInt32 = 2,
    captured: UInt64 = 0, after time: Milliseconds = 1
  ) -> [FleetOrder] {
    handle(
      .state(server, generation: generation, stage, version: version, captured: captured),
      after: time)
  }

  mutating func commit(_ step: UInt64) -> [FleetOrder] { state.commit(step, at: now) }

  /// Passes time in which these servers tell that they live.
  mutating func pass(_ time: Milliseconds, alive: [WorkerIdentity], _ version: UInt64 = 0)
    -> [FleetOrder]
  {
    var orders: [FleetOrder] = []
    for _ in 0..<time / 100 {
      now += 100
      for server in alive { orders += tell(server, .serving, version, after: 0) }
      orders += handle(.tick, after: 0)
    }
    return orders
  }

  /// A fleet of two servers, 11 and 12, which hold their parameters.
  static func serving(version: UInt64 = 0) -> Harbour {
    var harbour = Harbour(version: version)
    for server: WorkerIdentity in [11, 12] { _ = harbour.hello(server) }
    for server: WorkerIdentity in [11, 12] { _ = harbour.tell(server, .loading, version) }
    for server: WorkerIdentity in [11, 12] { _ = harbour.tell(server, .serving, version) }
    return harbour
  }
}

@Suite struct FleetStateTests {
  @Test func tellsOfSeatsAndSpares() {
    var harbour = Harbour.serving()
    _ = harbour.hello(13)
    _ = harbour.commit(0)
    _ = harbour.tell(12, .serving, 1)
    let told = harbour.state.standings(at: harbour.now + 5)
    #expect(told.map(\.identity) == [11, 12, 13])
    #expect(told.map(\.seat) == [0, 1, nil])
    #expect(told.map(\.version) == [0, 1, 0])
    #expect(told.map(\.isLoaded) == [true, true, false])
    #expect(told[1].silentMilliseconds == 5 && told[2].address == "tcp://13")
  }

  @Test func fromHelloToServing() {
    var harbour = Harbour(version: 6)
    #expect(harbour.state.waitsFor == "2 of 2 servers" && harbour.state.addresses == nil)
    #expect(harbour.hello(12) == [.welcome(12)])
    #expect(harbour.state.waitsFor == "1 of 2 servers")
    #expect(harbour.tell(12, .idle) == [])
    #expect(
      harbour.hello(11) == [.welcome(11), .assign(12, seat: 0), .assign(11, seat: 1)])
    #expect(harbour.state.addresses == ["tcp://12", "tcp://11"])
    #expect(harbour.state.identities == [12, 11] && !harbour.state.isReady)
    #expect(harbour.tell(12, .loading, 6) == [.restore(12, seat: 0)])
    #expect(harbour.tell(12, .loading, 6) == [])
    #expect(harbour.tell(11, .loading, 6) == [.restore(11, seat: 1)])
    #expect(harbour.tell(12, .serving, 6) == [])
    #expect(harbour.state.waitsFor == "parameters to reach 00000000")
    #expect(harbour.tell(11, .serving, 6) == [])
    #expect(harbour.state.isReady && harbour.state.isSettled)
    #expect(harbour.state.waitsFor == "nothing")
  }

  @Test func aStepIsCommittedOnAllServers() {
    var harbour = Harbour.serving()
    #expect(harbour.commit(0) == [.commit(11, step: 0), .commit(12, step: 0)])
    #expect(harbour.state.version == 1 && !harbour.state.isSettled)
    #expect(
      harbour.state.waitsFor == "step 0 to be applied by 00000000, 00000000")
    #expect(harbour.tell(11, .serving, 1) == [] && !harbour.state.isSettled)
    #expect(harbour.tell(12, .serving, 1) == [] && harbour.state.isSettled)
    #expect(harbour.commit(1) == [.commit(11, step: 1), .commit(12, step: 1)])
  }

  @Test func aCommitThatIsNotSeenIsSentAgain() {
    var harbour = Harbour.serving()
    _ = harbour.commit(0)
    _ = harbour.tell(11, .serving, 1)
    let orders = harbour.pass(1600, alive: [11, 12])
    #expect(orders == Array(repeating: .commit(12, step: 0), count: 3))
    _ = harbour.tell(12, .serving, 1)
    // A late word of an earlier version changes nothing.
    _ = harbour.tell(12, .serving, 0)
    #expect(harbour.state.isSettled && harbour.pass(1600, alive: [11, 12]) == [])
  }

  @Test func anAssignmentThatIsNotSeenIsSentAgain() {
    var harbour = Harbour()
    _ = harbour.hello(11)
    _ = harbour.hello(12)
    _ = harbour.tell(11, .loading)
    for _ in 0..<2 {
      #expect(harbour.handle(.tick, after: 450) == [])
      #expect(harbour.handle(.tick, after: 50) == [.assign(12, seat: 1)])
    }
    _ = harbour.tell(12, .loading)
    #expect(harbour.handle(.tick, after: 500) == [])
  }

  @Test func seatsAreTakenByThoseWhoAreThere() {
    var harbour = Harbour()
    #expect(harbour.hello(11) == [.welcome(11)])
    #expect(harbour.handle(.lost(11)) == [])
    #expect(harbour.hello(12) == [.welcome(12)])
    #expect(harbour.handle(.bye(12, "asked")) == [])
    #expect(harbour.hello(13) == [.welcome(13)])
    #expect(
      harbour.hello(14) == [.welcome(14), .assign(13, seat: 0), .assign(14, seat: 1)])
  }

  @Test func sparesWaitAndMayGo() {
    var harbour = Harbour.serving()
    #expect(harbour.hello(13) == [.welcome(13)])
    #expect(harbour.state.knows(13) && harbour.state.addresses?.count == 2)
    #expect(harbour.tell(13, .idle) == [])
    #expect(harbour.commit(0) == [.commit(11, step: 0), .commit(12, step: 0)])
    #expect(harbour.handle(.lost(13)) == [] && !harbour.state.knows(13))
    #expect(harbour.state.isReady)
  }

  @Test func aRepeatedHelloIsWelcomed() {
    var harbour = Harbour()
    #expect(harbour.hello(11) == [.welcome(11)] && harbour.hello(11) == [.welcome(11)])
    #expect(harbour.state.seats.isEmpty, "one server takes one seat")
    harbour = Harbour.serving()
    #expect(harbour.hello(12) == [.welcome(12)] && harbour.state.isReady)
  }

  @Test func anotherBuildIsRefused() {
    var harbour = Harbour(servers: 1)
    let orders = harbour.handle(.hello(11, Fingerprint(build: "2"), address: "a"))
    guard case .refuse(11, .otherBuild, let sentence)? = orders.first, orders.count == 1 else {
      Issue.record("\(orders)")
      return
    }
    #expect(sentence.contains("build is 2"))
    #expect(!harbour.state.knows(11) && harbour.state.addresses == nil)
    #expect(harbour.hello(12) == [.welcome(12), .assign(12, seat: 0)])
  }

  @Test func strangersAreRejected() {
    var harbour = Harbour.serving()
    func code(_ orders: [FleetOrder]) -> RejectionCode? {
      guard orders.count == 1, case .reject(_, let code, _) = orders[0] else { return nil }
      return code
    }
    #expect(code(harbour.tell(11, .serving, 9, 1)) == .oldGeneration)
    #expect(code(harbour.tell(13, .idle)) == .unknownWorker)
    #expect(code(harbour.handle(.failure(11, generation: 1, "full"))) == .oldGeneration)
    #expect(code(harbour.handle(.failure(13, generation: 2, "full"))) == .unknownWorker)
    #expect(harbour.state.isReady && harbour.state.isSettled)
  }

  @Test func aFailureEndsTheRun() {
    var harbour = Harbour.serving()
    #expect(
      harbour.handle(.failure(11, generation: 2, "no memory"))
        == [.fail(11, "no memory")])
    #expect(harbour.handle(.failure(12, generation: 2, "no memory")) == [], "said once")
    #expect(!harbour.state.isReady && harbour.state.waitsFor == "nothing")
    #expect(harbour.commit(0) == [] && harbour.hello(13) == [])
  }

  /// Believed, it would never be sent the steps up to the one that it claims to be at.
  @Test func aServerAheadOfTheCoordinatorIsNotBelieved() {
    var harbour = Harbour.serving(version: 5)
    #expect(
      harbour.tell(12, .serving, 9) == [
        .fail(
          12,
          "in generation 2 it says that its parameters are of step 9, where the coordinator is at "
            + "step 5")
      ])
    #expect(!harbour.state.isReady && harbour.tell(11, .serving, 9) == [], "said once")
    // Also before all have their parameters; one that owns nothing may say what it likes.
    harbour = Harbour(version: 5)
    for server: WorkerIdentity in [11, 12, 13] { _ = harbour.hello(server) }
    #expect(harbour.tell(13, .serving, 9) == [])
    #expect(harbour.tell(11, .loading, 6).contains { if case .fail = $0 { true } else { false } })
  }
}

/// Losing servers.
extension FleetStateTests {
  private func isLoss(_ orders: [FleetOrder], _ reason: String) -> Bool {
    guard orders.count == 1, case .lose(_, let sentence) = orders[0] else { return false }
    return sentence.contains(reason)
  }

  private func kind(_ order: FleetOrder) -> Substring { "\(order)".prefix { $0 != "(" } }

  @Test(arguments: [false, true])
  func aLostServerEndsTheFleet(isServing: Bool) {
    var harbour = Harbour()
    _ = harbour.hello(11)
    _ = harbour.hello(12)
    if isServing { harbour = Harbour.serving() }
    #expect(isLoss(harbour.handle(.lost(12)), "seat 1, was lost"))
    #expect(harbour.handle(.lost(12)) == [] && harbour.handle(.lost(11)) == [])
    #expect(harbour.handle(.tick, after: 100_000) == [])
  }

  @Test func aServerMayLeave() {
    var harbour = Harbour.serving()
    #expect(isLoss(harbour.handle(.bye(11, "it was asked to stop")), "left: it was asked to stop"))
  }

  @Test func silenceIsNoticed() {
    var harbour = Harbour.serving()
    #expect(harbour.pass(2900, alive: [11]) == [])
    #expect(isLoss(harbour.pass(200, alive: [11]), "said nothing for 3"))
  }

  /// Memory for a large table takes its time, in which the server's one thread says nothing.
  @Test func roomForParametersMayTakeLonger() {
    var harbour = Harbour()
    _ = harbour.hello(11)
    _ = harbour.hello(12)
    _ = harbour.tell(11, .loading)
    #expect(Set(harbour.pass(50_000, alive: [11]).map(kind)) == ["assign"])
    #expect(harbour.tell(12, .loading) == [.restore(12, seat: 1)])
    #expect(harbour.pass(2900, alive: [11]) == [])
    #expect(isLoss(harbour.pass(200, alive: [11]), "seat 1, said nothing for 3"))
    harbour = Harbour()
    _ = harbour.hello(11)
    _ = harbour.hello(12)
    let orders = harbour.pass(61_000, alive: [11])
    #expect(orders.contains { if case .lose = $0 { true } else { false } })
  }

  @Test func aSilentSpareIsForgotten() {
    var harbour = Harbour.serving()
    _ = harbour.hello(13)
    #expect(harbour.pass(4000, alive: [11, 12]) == [])
    #expect(!harbour.state.knows(13) && harbour.state.isReady)
  }

  /// While the coordinator is away, as in an evaluation, no words of servers are read.
  @Test func theCoordinatorsOwnAbsenceIsNobodysFault() {
    var harbour = Harbour.serving()
    #expect(harbour.handle(.tick, after: 60_000) == [])
    #expect(harbour.state.nextDeadline == harbour.now + 250)
    #expect(harbour.pass(2800, alive: [11]) == [])
    #expect(isLoss(harbour.pass(400, alive: [11]), "seat 1"))
    // Also when the absence ends with a commit.
    harbour = Harbour.serving()
    harbour.now += 60_000
    #expect(harbour.commit(0) == [.commit(11, step: 0), .commit(12, step: 0)])
    #expect(harbour.handle(.tick) == [] && harbour.state.isReady)
  }

  @Test func theEndIsToldToAllAndToThoseWhoComeLate() {
    var harbour = Harbour.serving()
    _ = harbour.hello(13)
    let stops = [11, 12, 13].map { FleetOrder.stop($0, .done, "over") }
    #expect(harbour.state.finish(.done, "over", at: harbour.now) == stops)
    // The first word may have been lost.
    #expect(harbour.tell(11, .serving) == [stops[0]])
    #expect(harbour.tell(12, .serving, 0, 1) == [stops[1]])
    #expect(harbour.hello(13) == [stops[2]] && harbour.hello(14) == [.stop(14, .done, "over")])
    // Going is no loss any more.
    #expect(harbour.handle(.lost(11)) == [] && harbour.handle(.bye(12, "asked")) == [])
    #expect(harbour.handle(.failure(12, generation: 2, "late")) == [])
    #expect(harbour.handle(.tick, after: 100_000) == [] && harbour.commit(0) == [])
  }

  @Test func stepsAreCommittedOneByOne() async {
    await #expect(processExitsWith: .failure) {
      var harbour = Harbour.serving()
      _ = harbour.commit(1)
    }
    await #expect(processExitsWith: .failure) { _ = Harbour(servers: 0) }
  }
}
