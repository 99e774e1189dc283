import Foundation
import Kernels
import Messages
import TestSockets
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2))) struct RouterTests {
  @Test(arguments: ["tcp://127.0.0.1:0", "tcp://localhost:0", "tcp://[::1]:0", "inproc://there"])
  func answersThePeerThatAsked(address: String) throws {
    let pair = try Pair(address)
    if case .tcp(_, let port) = pair.endpoint { #expect(port != 0) }
    #expect(pair.dealer.send(Message(.wait("one"), Envelope(request: 4))) == .accepted)
    pair.run { pair.routerMessages.count == 1 }
    #expect(pair.routerMessages.first?.envelope.request == 4)
    #expect(
      pair.router.send(Message(.acknowledge, Envelope(step: 9)), to: Pair.identity) == .accepted)
    pair.run { pair.dealerMessages.count == 1 }
    #expect(pair.dealerMessages.first?.envelope.step == 9)
    guard case .message(_, Pair.identity)? = pair.atRouter.last else {
      Issue.record("the peer's identity is not known")
      return
    }
  }

  @Test func aStrangerIsUnreachable() throws {
    let pair = try Pair("tcp://127.0.0.1:0")
    #expect(pair.router.send(Message(.acknowledge), to: 1 << 127 | 77) == .unreachable)
  }

  @Test func saysWhyAnAddressCannotBeBound() throws {
    let context = try Context()
    let (first, second) = (try Router(in: context), try Router(in: context))
    let endpoint = try first.bind(Endpoint("tcp://127.0.0.1:0"))
    let error = #expect(throws: TransportError.self) { try second.bind(endpoint) }
    #expect(error?.description.contains("cannot listen on \(endpoint)") == true)
    #expect(throws: TransportError.insecure(endpoint: "tcp://0.0.0.0:0")) {
      try second.bind(Endpoint("tcp://0.0.0.0:0"))
    }
  }

  /// 20 MB and more in frames of 256 KB, through limits of a few frames: all of it, in order.
  @Test func aSlowReaderLosesNothing() throws {
    var options = SocketOptions()
    options.highWaterFrames = 4
    let pair = try Pair("tcp://127.0.0.1:0", options: options)
    pair.introduce()
    let numbers = Floats((0..<1_400_000).map(Float.init))
    let empty = Floats(count: 0)
    for step in 0..<4 as Range<UInt64> {
      let message = Message(
        .rows(
          Parameters(
            version: step, rows: numbers, dense: empty, statistics: empty, controller: empty,
            controllerStatistics: empty)), Envelope(step: step))
      #expect(pair.router.send(message, to: Pair.identity) == .accepted)
    }
    // The reader has not read at all yet.
    #expect(pair.router.waitingBytes(for: Pair.identity) > 0)
    pair.run { pair.dealerMessages.count == 4 }
    #expect(pair.dealerMessages.map(\.envelope.step) == [0, 1, 2, 3])
    for message in pair.dealerMessages {
      guard case .rows(let rows) = message.body else { continue }
      let copy = Floats(count: numbers.count)
      rows.copy(.rows, into: copy)
      #expect(copy.array == numbers.array)
    }
    #expect(pair.router.waitingBytes(for: Pair.identity) == 0)
  }

  @Test func aPeerThatNeverReadsFillsItsQueueAndNoOther() throws {
    var options = SocketOptions()
    options.highWaterFrames = 2
    options.queueBytes = 1 << 20
    let pair = try Pair("tcp://127.0.0.1:0", options: options)
    pair.introduce()
    let other = try Dealer(in: pair.context, identity: 1 << 127 | 9, options: options)
    try other.connect(pair.endpoint)
    _ = other.send(Message(.bye("here too")))
    Pair.run([pair.router, other], until: { !pair.routerMessages.isEmpty }) {
      while let event = pair.router.nextEvent() { pair.atRouter.append(event) }
    }
    var outcome = SendOutcome.accepted
    for _ in 0..<10_000 where outcome == .accepted {
      outcome = pair.router.send(
        Message(.push(RouterTests.largePush)), to: Pair.identity)
    }
    #expect(outcome == .full)
    #expect(pair.router.send(Message(.wait("fine")), to: 1 << 127 | 9) == .accepted)
    var received: [Message] = []
    Pair.run([pair.router, other], until: { !received.isEmpty }) {
      while let event = other.nextEvent() { received += Pair.messages([event]) }
    }
    #expect(received.count == 1)
  }

  /// A peer comes back before the end of its earlier connection was noticed: the earlier one is
  /// lost first, then the later one is heard and answered.
  @Test func aLaterConnectionTakesThePlaceOfTheEarlier() throws {
    let context = try Context()
    let router = try Router(in: context)
    guard case .tcp(_, let port) = try router.bind(Endpoint("tcp://127.0.0.1:0")) else { return }
    let peer = PeerIdentity(1) << 127 | 7
    var events: [SocketEvent] = []
    func isHeard(_ step: UInt64) -> Bool {
      Pair.messages(events).contains { $0.envelope.step == step }
    }
    func connection(_ number: UInt64) throws -> TCPSocket {
      let socket = try #require(TCPSocket(port: port))
      socket.introduce(as: peer, number: UInt32(number))
      socket.send(Message(.bye("here"), Envelope(step: number)))
      Pair.run([router], until: { isHeard(number) }) {
        while let event = router.nextEvent() { events.append(event) }
      }
      return socket
    }
    let (first, second) = (try connection(1), try connection(2))
    #expect(Pair.messages(events).map(\.envelope.step) == [1, 2])
    let places = events.indices.filter { events[$0].isLoss(of: peer) }
    let heard = events.indices.filter { !Pair.messages([events[$0]]).isEmpty }
    #expect(places.count == 1 && heard.count == 2 && heard[0] < places[0] && places[0] < heard[1])
    // What comes on the earlier one after that is of the past, and answers go to the later one.
    first.send(Message(.bye("late"), Envelope(step: 3)))
    Thread.sleep(forTimeInterval: 0.05)
    second.send(Message(.bye("still here"), Envelope(step: 4)))
    Pair.run([router], until: { isHeard(4) }) {
      while let event = router.nextEvent() { events.append(event) }
    }
    #expect(!isHeard(3))
    #expect(router.send(Message(.acknowledge), to: peer) == .accepted)
    Pair.run([router], until: { true }) {}
    #expect(second.receive(1).count == 1)
  }

  /// A peer that fills its queue and goes: with heartbeats of its own the library would end the
  /// process (4.3.4).
  @Test func aPeerMayGoWhileWhatItSentHasNoRoom() throws {
    var options = SocketOptions()
    options.highWaterFrames = 2
    options.heartbeatMilliseconds = 50
    options.heartbeatTimeoutMilliseconds = 50
    let context = try Context()
    let router = try Router(in: context, options: options)
    let endpoint = try router.bind(Endpoint("tcp://127.0.0.1:0"))
    do {
      let peers = try Context()
      let dealer = try Dealer(in: peers, identity: Pair.identity, options: options)
      try dealer.connect(endpoint)
      for step in 0..<50 as Range<UInt64> {
        _ = dealer.send(Message(.push(Self.largePush), Envelope(step: step)))
      }
      let poller = Poller([dealer])
      for _ in 0..<20 { poller.wait(atMostMilliseconds: 10) }
      dealer.close()
    }
    Thread.sleep(forTimeInterval: 0.3)
    var events: [SocketEvent] = []
    Pair.run([router], until: { events.contains { $0.isLoss(of: Pair.identity) } }) {
      while let event = router.nextEvent() { events.append(event) }
    }
    #expect(events.contains { $0.isLoss(of: Pair.identity) })
  }

  @Test func aKilledPeerIsNoticed() throws {
    let context = try Context()
    let router = try Router(in: context)
    guard case .tcp(_, let port) = try router.bind(Endpoint("tcp://127.0.0.1:0")) else { return }
    var peer = TCPSocket(port: port)
    peer?.introduce(as: 1 << 127 | 6)
    peer?.send(Message(.bye("my last words")))
    var events: [SocketEvent] = []
    let begin = Uptime.milliseconds
    Pair.run([router], until: { events.contains { $0.isLoss(of: 1 << 127 | 6) } }) {
      while let event = router.nextEvent() { events.append(event) }
      if !Pair.messages(events).isEmpty { peer = nil }
    }
    #expect(events.contains { $0.isLoss(of: 1 << 127 | 6) })
    print("transport: a closed peer was noticed after \(Uptime.milliseconds - begin) ms")
  }

  /// A worker that says BYE and goes has not failed, however late it is heard.
  @Test func lastWordsComeBeforeTheLoss() throws {
    let pair = try Pair("tcp://127.0.0.1:0")
    pair.introduce()
    for step in 0..<20 as Range<UInt64> {
      _ = pair.dealer.send(Message(.bye("I go"), Envelope(step: step)))
    }
    pair.dealer.close(lingerMilliseconds: 1000)
    Thread.sleep(forTimeInterval: 0.2)
    Pair.run([pair.router], until: { pair.atRouter.contains { $0.isLoss(of: Pair.identity) } }) {
      while let event = pair.router.nextEvent() { pair.atRouter.append(event) }
    }
    let loss = try #require(pair.atRouter.firstIndex { $0.isLoss(of: Pair.identity) })
    #expect(Pair.messages(Array(pair.atRouter[..<loss])).map(\.envelope.step) == Array(0..<20))
  }

  @Test func strangersAreRefusedAndOthersGoOn() throws {
    let pair = try Pair("tcp://127.0.0.1:0")
    guard case .tcp(_, let port) = pair.endpoint else { return }
    var strangers: [TCPSocket] = []
    for number in 0..<50 as Range<UInt8> {
      let stranger = try #require(TCPSocket(port: port))
      strangers.append(stranger)
      if number % 2 == 0 {
        stranger.send((0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) &+ number })
      } else {
        stranger.introduce(as: PeerIdentity(1) << 127 | PeerIdentity(number) << 8)
        stranger.send([0x00, 3, number, 2, 3])
        stranger.send([0x01, 64] + .init(repeating: number, count: 64) + [0x00, 1, 0])
      }
    }
    _ = pair.dealer.send(Message(.wait("still here")))
    // Some of the random bytes count as messages of ZMTP 1.0, from nobody.
    func isFromStranger(_ event: SocketEvent) -> Bool {
      if case .malformed(_, let peer) = event { peer != 0 } else { false }
    }
    pair.run {
      !pair.routerMessages.isEmpty && pair.atRouter.filter(isFromStranger).count == 50
    }
    #expect(pair.atRouter.filter(isFromStranger).count == 50)
    #expect(pair.routerMessages.count == 1)
  }

  @Test func closingDoesNotHang() throws {
    var options = SocketOptions()
    options.highWaterFrames = 1
    let pair = try Pair("tcp://127.0.0.1:0", options: options)
    pair.introduce()
    for _ in 0..<20 {
      _ = pair.router.send(Message(.push(Self.largePush)), to: Pair.identity)
      _ = pair.dealer.send(Message(.push(Self.largePush)))
    }
    pair.dealer.close(lingerMilliseconds: 50)
    pair.router.close()
    pair.router.close()
  }

  static let largePush = Push(
    idChecksum: 0, idCount: 0, delivery: Delivery(version: 0, controllerVersion: 0, sums: []),
    rowGradients: Floats(count: 0), denseGradient: Floats(count: 200_000),
    batchStatistics: Floats(count: 0))
}
