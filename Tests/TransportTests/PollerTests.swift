import Messages
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct PollerTests {
  @Test func returnsAtTheDeadline() {
    let begin = Uptime.milliseconds
    Poller([]).wait(atMostMilliseconds: 30)
    Poller([]).wait(atMostMilliseconds: -5)
    #expect(Uptime.milliseconds - begin >= 29)
  }

  /// Without the sockets' events each wait would take a minute and reach the time limit.
  @Test func returnsWhenAMessageComes() throws {
    let pair = try Pair("tcp://127.0.0.1:0")
    _ = pair.dealer.send(Message(.probe))
    _ = pair.dealer.send(Message(.bye("x")))
    let poller = Poller([pair.router, pair.dealer])
    var received: [Message] = []
    while received.isEmpty {
      poller.wait(atMostMilliseconds: 60_000)
      while pair.dealer.nextEvent() != nil {}
      while let event = pair.router.nextEvent() { received += Pair.messages([event]) }
    }
    #expect(received.map(\.body.type) == [.bye])
  }
}
