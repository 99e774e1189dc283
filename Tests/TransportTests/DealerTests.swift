import Glibc
import Messages
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2))) struct DealerTests {
  @Test func waitsForAListenerAndFindsItAgain() throws {
    let context = try Context()
    var router: Router? = try Router(in: context)
    let endpoint = try #require(try router?.bind(Endpoint("tcp://127.0.0.1:0")))
    router?.close()
    router = nil
    let dealer = try Dealer(in: context, identity: Pair.identity)
    try dealer.connect(endpoint)
    #expect(dealer.send(Message(.bye("early"))) == .accepted)
    #expect(dealer.waitingBytes > 0)
    for round in 0..<3 {
      let listener = try Router(in: context)
      try Self.bind(listener, endpoint)
      var (events, received) = ([SocketEvent](), [Message]())
      if round > 0 { _ = dealer.send(Message(.bye("again"))) }
      Pair.run([listener, dealer], until: { !received.isEmpty }) {
        while let event = dealer.nextEvent() { events.append(event) }
        while let event = listener.nextEvent() { received += Pair.messages([event]) }
      }
      #expect(received.count == 1 && dealer.isConnected)
      listener.close()
      Pair.run([dealer], until: { events.contains(where: \.isDisconnection) }) {
        while let event = dealer.nextEvent() { events.append(event) }
      }
      #expect(!dealer.isConnected && dealer.waitingBytes == 0)
    }
  }

  /// The library frees a port a moment after its socket is closed.
  private static func bind(_ listener: Router, _ endpoint: Endpoint) throws {
    for _ in 0..<200 {
      if let bound = try? listener.bind(endpoint), bound == endpoint { return }
      usleep(10_000)
    }
    _ = try listener.bind(endpoint)
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
