import Messages

@testable import Transport

/// A router and a dealer of one thread, over real connections.
final class Pair {
  let context: Context
  let router: Router
  let dealer: Dealer
  let endpoint: Endpoint
  static let identity = PeerIdentity(1) << 127 | 0x0102
  var atRouter: [SocketEvent] = []
  var atDealer: [SocketEvent] = []

  init(_ address: String, options: SocketOptions = .init()) throws {
    context = try Context()
    router = try Router(in: context, options: options)
    endpoint = try router.bind(Endpoint(address))
    dealer = try Dealer(in: context, identity: Self.identity, options: options)
    try dealer.connect(endpoint)
  }

  var routerMessages: [Message] { Self.messages(atRouter) }
  var dealerMessages: [Message] { Self.messages(atDealer) }

  /// Lets both sides run until the condition holds, for at most 20 s.
  func run(until isDone: () -> Bool) {
    Self.run([router, dealer], until: isDone) {
      while let event = self.router.nextEvent() { self.atRouter.append(event) }
      while let event = self.dealer.nextEvent() { self.atDealer.append(event) }
    }
  }

  static func run(_ sockets: [any Pollable], until isDone: () -> Bool, step: () -> Void) {
    let deadline = Uptime.milliseconds + 20_000
    let poller = Poller(sockets)
    step()
    while !isDone(), Uptime.milliseconds < deadline {
      poller.wait(atMostMilliseconds: 50)
      step()
    }
  }

  static func messages(_ events: [SocketEvent]) -> [Message] {
    events.compactMap { if case .message(let message, _) = $0 { message } else { nil } }
  }

  /// Sends a first message, so that the router knows the dealer.
  func introduce() {
    _ = dealer.send(Message(.bye("here")))
    run { !routerMessages.isEmpty }
    atRouter = []
  }
}

extension SocketEvent {
  var isDisconnection: Bool { if case .disconnected = self { true } else { false } }
  var isConnection: Bool { if case .connected = self { true } else { false } }

  func isLoss(of peer: PeerIdentity) -> Bool {
    if case .lost(peer) = self { true } else { false }
  }
}
