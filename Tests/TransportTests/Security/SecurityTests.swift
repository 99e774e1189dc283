import Foundation
import Messages
import TestSockets
import Testing

@testable import Transport

/// Sockets with keys and without, on both sides.
@Suite(.timeLimit(.minutes(2))) struct SecurityTests {
  /// Whose keys a side has.
  enum Keys: Sendable { case none, right, wrongServer, notAllowed }

  /// A listener with keys or without, and one who connects to it.
  final class Meeting {
    let router: Router
    let dealer: Dealer
    var atRouter: [SocketEvent] = []
    var atDealer: [SocketEvent] = []
    let server: KeyPair
    let member: KeyPair

    init(listening: Bool, connecting: Keys) throws {
      server = try KeyPair.generate()
      member = try KeyPair.generate()
      let stranger = try KeyPair.generate()
      let context = try Context(admitting: AllowList([member.publicKey]))
      var options = SocketOptions()
      options.security = listening ? .listening(server) : .plain
      options.admissionMilliseconds = 1500
      router = try Router(in: context, options: options)
      let endpoint = try router.bind(Endpoint("tcp://127.0.0.1:0"))
      options.security =
        switch connecting {
        case .none: .plain
        case .right: .connecting(member, to: server.publicKey)
        case .wrongServer: .connecting(member, to: stranger.publicKey)
        case .notAllowed: .connecting(stranger, to: server.publicKey)
        }
      dealer = try Dealer(in: Context(), identity: Pair.identity, options: options)
      try dealer.connect(endpoint)
      _ = dealer.send(Message(.bye("here")))
    }

    func run(until isDone: () -> Bool) {
      Pair.run([router, dealer], until: isDone) {
        while let event = self.router.nextEvent() { self.atRouter.append(event) }
        while let event = self.dealer.nextEvent() { self.atDealer.append(event) }
      }
    }

    static func refusals(_ events: [SocketEvent]) -> [String] {
      events.compactMap { if case .refused(let line) = $0 { line } else { nil } }
    }
  }

  @Test func whoHasTheRightKeysGetsIn() throws {
    let meeting = try Meeting(listening: true, connecting: .right)
    meeting.run { !Pair.messages(meeting.atRouter).isEmpty }
    #expect(Pair.messages(meeting.atRouter).count == 1)
    #expect(meeting.router.send(Message(.wait("hello")), to: Pair.identity) == .accepted)
    meeting.run { !Pair.messages(meeting.atDealer).isEmpty }
    #expect(Pair.messages(meeting.atDealer).count == 1)
    #expect(meeting.dealer.barred == nil)
    #expect(meeting.router.refusedCount == 0)
  }

  @Test(
    arguments: [
      (true, .none, "without a key is refused", "asks for a key"),
      (true, .wrongServer, "expects another key", "its key is probably not"),
      (true, .notAllowed, "is not in the allow-list", "does not admit the key"),
      (false, .right, "with a key is refused", "has no keys"),
    ] as [(Bool, Keys, String, String)])
  func everybodyElseIsRefusedWithOneLineOnEachSide(
    listening: Bool, connecting: Keys, atRouter: String, atDealer: String
  ) throws {
    let meeting = try Meeting(listening: listening, connecting: connecting)
    meeting.run { meeting.dealer.barred?.contains(atDealer) == true }
    // It knocked several times, and one line was told.
    let told = Meeting.refusals(meeting.atRouter)
    // Of two sides that do not fit, either may close first.
    let reasons = told.filter { !$0.contains("ended before it had introduced itself") }
    #expect(told.count >= 1 && reasons.count <= 1, "\(told)")
    #expect(reasons.allSatisfy { $0.contains(atRouter) }, "\(told)")
    let heard = Meeting.refusals(meeting.atDealer)
    // A few breaks in a row are a guess; the reason follows as soon as it is seen.
    #expect((1...2).contains(heard.count), "\(heard)")
    #expect(heard.last?.contains(atDealer) == true, "\(heard)")
    #expect(meeting.dealer.barred == heard.last)
    #expect(meeting.router.refusedCount >= 2)
    #expect(Pair.messages(meeting.atRouter).isEmpty)
    #expect(!meeting.atRouter.contains { $0.isConnection })
    #expect(!meeting.atDealer.contains { $0.isConnection || $0.isDisconnection })
  }

  @Test func aKeyThatIsAddedMeanwhileGetsIn() throws {
    try KeyFolderTests.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      _ = try keys.add("late")
      let file = "\(folder)/allowed/late.pub"
      try FileManager.default.moveItem(atPath: file, toPath: "\(folder)/late")
      let context = try Context(admitting: AllowList(of: keys))
      var options = SocketOptions()
      options.security = try .listening(keys: keys)
      let router = try Router(in: context, options: options)
      let endpoint = try router.bind(Endpoint("tcp://127.0.0.1:0"))
      options.security = try .connecting(as: "late", keys: keys)
      let dealer = try Dealer(in: Context(), identity: Pair.identity, options: options)
      try dealer.connect(endpoint)
      var refusals: [String] = []
      var isIn = false
      Pair.run([router, dealer], until: { isIn }) {
        while let event = router.nextEvent() { refusals += Meeting.refusals([event]) }
        while let event = dealer.nextEvent() { if event.isConnection { isIn = true } }
        if !refusals.isEmpty, FileManager.default.fileExists(atPath: "\(folder)/late") {
          try? FileManager.default.moveItem(atPath: "\(folder)/late", toPath: file)
        }
      }
      #expect(isIn)
      #expect(refusals.count == 1 && refusals[0].contains(folder))
      #expect(dealer.barred == nil)
    }
  }

  /// One pair and one set of options serve any role: a server listens and connects.
  @Test func keysOpenAddressesBeyondLoopback() throws {
    let pair = try KeyPair.generate()
    let context = try Context(admitting: AllowList([]))
    var options = SocketOptions()
    options.security = .listening(pair)
    let router = try Router(in: context, options: options)
    #expect(throws: Never.self) { try router.bind(Endpoint("tcp://0.0.0.0:0")) }
    options.security = .connecting(pair, to: pair.publicKey)
    let dealer = try Dealer(in: context, identity: Pair.identity, options: options)
    #expect(throws: Never.self) { try dealer.connect(Endpoint("tcp://10.255.255.1:5570")) }
  }

  /// A listener is where it was told to be and nowhere else.
  @Test func listensOnTheGivenAddressOnly() throws {
    let router = try Router(in: Context())
    guard case .tcp(_, let port) = try router.bind(Endpoint("tcp://127.0.0.2:0")) else { return }
    #expect(TCPSocket(port: port) == nil)
  }
}
