import CZeroMQ
import Kernels
import Messages

/// The listening side: one socket, many peers, each addressed by its identity.
///
/// Belongs to the thread that made it. Never waits: what the library does not take at once waits
/// in a queue of bounded size per peer, and `Poller.wait` goes on with it.
public final class Router: Pollable {
  private let socket: RawSocket
  private let monitor: Monitor
  private let options: SocketOptions
  private var assembler = MessageAssembler()
  private var queues: [PeerIdentity: OutgoingQueue] = [:]
  /// The connections of peers that are not known to be gone, by the latest that each has made.
  private var connections: [PeerIdentity: ConnectionName] = [:]
  /// Whether the last look at messages ended before there were none.
  private var hasMore = false
  /// Connections that are gone, which is not told yet.
  private var lost: [ConnectionName] = []
  /// What came from a peer whose earlier connection has to be told to be lost first.
  private var held: [Bytes]?
  /// Events that may still come before the loss of a peer is told: its last words, a BYE perhaps,
  /// lie behind those of others. Not more, or a peer that never stops could hide a loss.
  private var eventsBeforeLoss = 0
  /// When to look which peers are still there, ascending.
  private var probeTimes: [UInt64] = []
  private var nextExpiry: UInt64 = 0
  private let admission: Admission?
  private var tally = RefusalTally()
  /// Where it listens, and when to look whether connections can still be accepted.
  private var place = ""
  private var nextLook: UInt64 = 0
  /// Messages without meaning that may still be reported one by one; it grows with time.
  private var patience = Allowance(most: 64, perSecond: 10)

  /// Reports or parts of messages that one call takes before something else has its turn.
  private static let attempts = 256

  /// Opens the socket.
  public init(in context: Context, options: SocketOptions = .init()) throws(TransportError) {
    if case .connecting = options.security {
      preconditionFailure("a router listens, so its keys are .listening")
    }
    precondition(
      !options.security.isEncrypted || context.admission != nil,
      "a socket that listens with keys needs a context with an allow-list")
    self.options = options
    admission = context.admission
    socket = try RawSocket(ZMQ_ROUTER, in: context)
    try socket.apply(options)
    if admission?.allowList.admitsPlain == true { try socket.askWhoMayConnect() }
    try socket.set(ZMQ_ROUTER_MANDATORY, 1)
    try socket.set(ZMQ_BACKLOG, 1024)
    monitor = try Monitor(socket, in: context)
  }

  /// Listens on `endpoint` and on nothing else; returns it with the real port.
  ///
  /// - Throws: `TransportError` when the address is taken, not of this machine, or insecure.
  public func bind(_ endpoint: Endpoint) throws(TransportError) -> Endpoint {
    socket.requireOwner()
    guard endpoint.isLocal || options.security.isEncrypted || options.allowInsecure else {
      throw .insecure(endpoint: endpoint.description)
    }
    if endpoint.isVersion6 { try socket.set(ZMQ_IPV6, 1) }
    place = try socket.bind(endpoint.bindText)
    return try Endpoint(place)
  }

  /// Sends `message` to `peer`, now or as soon as the peer reads.
  public func send(_ message: Message, to peer: PeerIdentity) -> SendOutcome {
    var queue = queues.removeValue(forKey: peer) ?? OutgoingQueue()
    guard queue.add(message.frames(), limit: options.queueBytes) else {
      queues[peer] = queue
      return .full
    }
    guard flush(&queue, to: peer) else {
      lose(peer)
      return .unreachable
    }
    if !queue.isEmpty { queues[peer] = queue }
    return .accepted
  }

  /// The next thing that happened, or nil when there is nothing now.
  public func nextEvent() -> SocketEvent? {
    socket.requireOwner()
    let now = Uptime.milliseconds
    probeIfDue(now)
    if !lost.isEmpty, eventsBeforeLoss == 0 { return .lost(lost.removeFirst().peer) }
    eventsBeforeLoss = max(0, eventsBeforeLoss - 1)
    if let event = connectionEvent(now) { return event }
    if let summary = tally.due(atMilliseconds: now) { return .refused(summary) }
    if now >= nextExpiry {
      assembler.expire(atMilliseconds: now)
      nextExpiry = now + 1000
    }
    if let line = fullness(now) { return .refused(line) }
    if let event = receive(now) { return event }
    // What is left may be the last words of one that is lost.
    guard !hasMore || eventsBeforeLoss == 0 else { return nil }
    return lost.isEmpty ? nil : .lost(lost.removeFirst().peer)
  }

  /// Connections and messages that were refused, told or only counted.
  public var refusedCount: Int { tally.total }

  /// Bytes that wait for `peer` to read.
  public func waitingBytes(for peer: PeerIdentity) -> Int { queues[peer]?.byteCount ?? 0 }

  /// Closes; sends what waits for at most so long, 0 when the run was aborted.
  public func close(lingerMilliseconds: Int = 0) {
    guard socket.isOpen else { return }
    let deadline = Uptime.milliseconds + UInt64(lingerMilliseconds)
    let poller = Poller([self])
    while !queues.isEmpty, Uptime.milliseconds < deadline {
      poller.wait(atMostMilliseconds: 2)
    }
    monitor.close()
    socket.close(lingerMilliseconds: Int32(lingerMilliseconds))
  }

  /// Sends what waits, and says what to wait for.
  public func prepareToWait() -> PollNeeds {
    socket.requireOwner()
    for peer in queues.keys.sorted() {
      guard var queue = queues.removeValue(forKey: peer) else { continue }
      if !flush(&queue, to: peer) {
        lose(peer)
      } else if !queue.isEmpty {
        queues[peer] = queue
      }
    }
    var needs = PollNeeds()
    needs.add(socket)
    needs.add(monitor.socket)
    // The library cannot tell when one of many peers becomes writable: look again soon.
    if !queues.isEmpty { needs.limitMilliseconds = 1 }
    if let time = probeTimes.first {
      let now = Uptime.milliseconds
      needs.limitMilliseconds = min(needs.limitMilliseconds, time > now ? Int(time - now) : 0)
    }
    if !lost.isEmpty { needs.limitMilliseconds = 0 }
    return needs
  }

  /// Says, now and then, that nobody can connect because this process may open no more.
  private func fullness(_ now: UInt64) -> String? {
    guard now >= nextLook else { return nil }
    nextLook = now + 1000
    guard OpenFiles.areExhausted else { return nil }
    let refusal = Refusal(cause: .notAccepted, place: place)
    return tally.add(refusal.sentence(.listening, options.security), atMilliseconds: now)
  }

  /// The next report about a connection that is worth telling. Strangers make reports faster than
  /// they are read, so messages take their turn after some.
  private func connectionEvent(_ now: UInt64) -> SocketEvent? {
    for _ in 0..<Self.attempts {
      guard let event = monitor.next() else { return nil }
      switch event {
      case .connected(let place): return .connected(place)
      case .refused(let refusal):
        let detail = refusal.cause == .key ? admission?.takeRefusal() : nil
        let sentence = detail ?? refusal.sentence(.listening, options.security)
        if let line = tally.add(sentence, atMilliseconds: now) { return .refused(line) }
      case .disconnected(let place):
        // The library reports the connection, not the peer, and a moment before the peer becomes
        // unreachable: so look for who is gone, now and a little later. Where strangers come and
        // go all the time, one look serves all that went meanwhile.
        let soon = probeTimes.first.map { min($0, now + 20) } ?? now
        probeTimes = [soon, now + 20, now + 100, now + 500]
        return .disconnected(place)
      }
    }
    return nil
  }

  /// Reports bytes that make no message, unless there are too many of them.
  private func malformed(
    _ error: WireError, from peer: PeerIdentity, _ now: UInt64
  ) -> SocketEvent? {
    if patience.take(atMilliseconds: now) { return .malformed(error, from: peer) }
    let line = tally.add("more messages are not used, for they make no sense", atMilliseconds: now)
    return line.map(SocketEvent.refused)
  }

  /// Sends frames until the library refuses; false when the peer is gone.
  private func flush(_ queue: inout OutgoingQueue, to peer: PeerIdentity) -> Bool {
    guard let connection = connections[peer] else { return false }
    let name = Bytes(connection.bytes)
    while let frame = queue.next {
      switch socket.send([name, frame.header, frame.payload]) {
      case .sent: queue.removeFirst()
      case .wouldBlock: return true
      case .unreachable: return false
      }
    }
    return true
  }

  /// The next message or nonsense. A peer may send parts and nonsense without end, so others take
  /// their turn after some; what is left is found by the next wait.
  private func receive(_ now: UInt64) -> SocketEvent? {
    hasMore = false
    for _ in 0..<Self.attempts {
      guard let parts = held ?? socket.receive() else { return nil }
      held = nil
      guard let first = parts.first, let name = ConnectionName(bytes: first.array) else {
        // Nobody of this protocol, and nobody who could be answered.
        let line = tally.add("messages of another program are not used", atMilliseconds: now)
        guard let line else { continue }
        return .refused(line)
      }
      let peer = name.peer
      if let earlier = loss(before: name) {
        held = parts
        return earlier
      }
      guard isPresent(name) else { continue }
      // The library's own first word on a connection.
      if parts.count == 2, parts[1].count == 0 { continue }
      guard parts.count == 3 else {
        guard let event = malformed(.foreign, from: peer, now) else { continue }
        return event
      }
      do {
        let frame = Frame(header: parts[1], payload: parts[2])
        guard
          let message = try assembler.accept(frame, from: peer, atMilliseconds: now)
        else { continue }
        if case .probe = message.body { continue }
        return .message(message, from: peer)
      } catch {
        guard let event = malformed(error, from: peer, now) else { continue }
        return event
      }
    }
    hasMore = true
    return nil
  }

  private func probeIfDue(_ now: UInt64) {
    guard let time = probeTimes.first, time <= now else { return }
    probeTimes.removeAll { $0 <= now }
    let probe = Message(.probe).frames()[0]
    for (peer, connection) in connections.sorted(by: { $0.key < $1.key })
    where queues[peer] == nil {
      let name = Bytes(connection.bytes)
      if socket.send([name, probe.header, probe.payload]) == .unreachable { lose(peer) }
    }
  }

  /// Notes that a peer speaks on this connection; false when it has made another since, on which it
  /// says again whatever matters.
  private func isPresent(_ name: ConnectionName) -> Bool {
    if let known = connections[name.peer] { return known == name }
    // Its last words, which are heard after its end was noticed.
    if !lost.contains(name) { connections[name.peer] = name }
    return true
  }

  /// The loss of an earlier connection than `name` of the same peer, which comes before all that is
  /// said on the later one.
  private func loss(before name: ConnectionName) -> SocketEvent? {
    if let known = connections[name.peer], known.number < name.number { lose(name.peer) }
    let place = lost.firstIndex { $0.peer == name.peer && $0.number < name.number }
    return place.map { .lost(lost.remove(at: $0).peer) }
  }

  private func lose(_ peer: PeerIdentity) {
    queues[peer] = nil
    assembler.forget(peer)
    guard let connection = connections.removeValue(forKey: peer) else { return }
    if lost.isEmpty { eventsBeforeLoss = 1024 }
    lost.append(connection)
  }
}

extension RawSocket {
  /// Sets what both sides share.
  func apply(_ options: SocketOptions) throws(TransportError) {
    try set(ZMQ_SNDHWM, options.highWaterFrames)
    try set(ZMQ_RCVHWM, options.highWaterFrames)
    try set(ZMQ_HANDSHAKE_IVL, options.handshakeMilliseconds)
    try set(ZMQ_LINGER, 0)
    try set(ZMQ_MAXMSGSIZE, wide: Int64(WireLimits.frameBytes))
    try set(ZMQ_TCP_KEEPALIVE, 1)
    try set(ZMQ_TCP_KEEPALIVE_IDLE, 10)
    try set(ZMQ_TCP_KEEPALIVE_INTVL, 5)
    try set(ZMQ_TCP_KEEPALIVE_CNT, 3)
    try set(ZMQ_TCP_MAXRT, 10_000)
    try apply(options.security)
  }
}
