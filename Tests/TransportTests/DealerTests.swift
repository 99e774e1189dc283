import Messages
import TestSockets
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2))) struct DealerTests {
  @Test func waitsForAListenerAndFindsItAgain() throws {
    let endpoint = try Self.freeEndpoint()
    let context = try Context()
    let dealer = try Dealer(in: context, identity: Pair.identity)
    try dealer.connect(endpoint)
    #expect(dealer.send(Message(.bye("early"))) == .accepted)
    #expect(dealer.waitingBytes > 0)
    for round in 0..<3 {
      var (events, received) = ([SocketEvent](), [Message]())
      try Self.listen(on: endpoint) { listener in
        Pair.run([listener, dealer], until: { !received.isEmpty }) {
          while let event = dealer.nextEvent() {
            events.append(event)
            // What is sent before may be lost with the old connection.
            if round > 0, event.isConnection { _ = dealer.send(Message(.bye("again"))) }
          }
          while let event = listener.nextEvent() { received += Pair.messages([event]) }
        }
      }
      #expect(received.count == 1)
      Pair.run([dealer], until: { events.contains(where: \.isDisconnection) }) {
        while let event = dealer.nextEvent() { events.append(event) }
      }
      #expect(dealer.waitingBytes == 0)
    }
  }

  /// After bytes without meaning the library closes a connection and does not make it again.
  @Test(arguments: [false, true], Direction.allCases)
  func connectsAgainAfterBytesThatMakeNoSense(encrypted: Bool, direction: Direction) throws {
    let (server, member) = (try KeyPair.generate(), try KeyPair.generate())
    let context = try Context(admitting: encrypted ? AllowList([member.publicKey]) : nil)
    var options = SocketOptions()
    if encrypted { options.security = .listening(server) }
    let router = try Router(in: context, options: options)
    guard case .tcp(_, let port) = try router.bind(Endpoint("tcp://127.0.0.1:0")) else { return }
    let proxy = try #require(ChaosProxy(to: port))
    defer { proxy.end() }
    if encrypted { options.security = .connecting(member, to: server.publicKey) }
    let dealer = try Dealer(in: Context(), identity: Pair.identity, options: options)
    try dealer.connect(Endpoint("tcp://127.0.0.1:\(proxy.port)"))
    // Answers that came before the dealer was connected, then, and whenever it was connected again.
    var answers = [0]
    var isPlanned = false
    func hasComeBack() -> Bool { answers.dropFirst(2).contains { $0 > 0 } }
    Pair.run([router, dealer], until: hasComeBack) {
      if answers.count == 2, answers[1] > 0, !isPlanned {
        isPlanned = true
        // The byte that tells the form of the next frame, or one of its cipher.
        proxy.plan(.corrupt(mask: 2), afterBytes: encrypted ? 20 : 0, direction)
      }
      _ = dealer.send(Message(.bye("there")))
      while let event = router.nextEvent() {
        guard case .message(_, let peer) = event else { continue }
        _ = router.send(Message(.bye("here")), to: peer)
      }
      while let event = dealer.nextEvent() {
        if event.isConnection { answers.append(0) }
        answers[answers.count - 1] += Pair.messages([event]).count
      }
    }
    #expect(hasComeBack(), "\(answers)")
  }

  /// The other side's machine is gone: nothing closes the connection, nothing answers.
  @Test func aDeadListenerIsNoticed() throws {
    let context = try Context()
    let router = try Router(in: context)
    guard case .tcp(_, let port) = try router.bind(Endpoint("tcp://127.0.0.1:0")) else { return }
    let proxy = try #require(ChaosProxy(to: port))
    defer { proxy.end() }
    let dealer = try Dealer(in: Context(), identity: Pair.identity)
    try dealer.connect(Endpoint("tcp://127.0.0.1:\(proxy.port)"))
    var events: [SocketEvent] = []
    Pair.run([router, dealer], until: { events.contains(where: \.isDisconnection) }) {
      while let event = dealer.nextEvent() {
        if event.isConnection { proxy.faults.frozen = [.down] }
        events.append(event)
      }
      while router.nextEvent() != nil {}
    }
    #expect(events.contains { $0.isDisconnection })
  }

  /// An address where nobody listens, outside the range that the system gives out.
  private static func freeEndpoint() throws -> Endpoint {
    for _ in 0..<100 {
      let endpoint = try Endpoint("tcp://127.0.0.1:\(Int.random(in: 12_000..<32_000))")
      if (try? Router(in: Context()).bind(endpoint)) != nil { return endpoint }
    }
    return try #require(nil as Endpoint?, "no free port")
  }

  /// A listener in a context of its own, whose end waits until the port is free again.
  private static func listen(on endpoint: Endpoint, _ body: (Router) -> Void) throws {
    let router = try Router(in: Context())
    _ = try router.bind(endpoint)
    body(router)
    router.close()
  }

  @Test func refusesAddressesThatCannotWork() throws {
    let context = try Context()
    let dealer = try Dealer(in: context, identity: Pair.identity)
    #expect(throws: TransportError.insecure(endpoint: "tcp://10.0.0.1:5")) {
      try dealer.connect(Endpoint("tcp://10.0.0.1:5"))
    }
    #expect(throws: TransportError.self) { try dealer.connect(Endpoint("tcp://127.0.0.1:0")) }
  }

  @Test func itsOwnQueueIsBounded() throws {
    var options = SocketOptions()
    options.queueBytes = 3 << 20
    let context = try Context()
    let dealer = try Dealer(in: context, identity: Pair.identity, options: options)
    try dealer.connect(Endpoint("tcp://127.0.0.1:9"))
    let outcomes = (0..<5).map { _ in dealer.send(Message(.push(RouterTests.largePush))) }
    #expect(outcomes == [.accepted, .accepted, .accepted, .full, .full])
  }
}
