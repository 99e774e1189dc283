import CZeroMQ
import Kernels
import Messages

/// The connecting side: one socket, one peer, found again whenever it comes back.
///
/// Belongs to the thread that made it. Never waits: what the library does not take at once waits
/// in a queue of bounded size, and `Poller.wait` goes on with it. When the connection breaks, the
/// queue is dropped, for what was before it may be lost as well; who sent must send again.
public final class Dealer: Pollable {
  private let socket: RawSocket
  private let monitor: Monitor
  private let options: SocketOptions
  private var assembler = MessageAssembler()
  private var queue = OutgoingQueue()
  private var nextExpiry: UInt64 = 0
  private var endpoint: Endpoint?
  private var tally = RefusalTally()
  private var patience: AdmissionPatience
  private let identity: PeerIdentity
  /// Between the end of a connection and the next attempt, in milliseconds.
  private let pause: UInt64
  /// When to make another connection, after a break or a refusal.
  private var retryAt: UInt64?
  /// Whether the handshake with the peer is done.
  public private(set) var isConnected = false

  /// Opens the socket.
  ///
  /// - Parameter identity: of this process, the same for all its sockets. A listener answers on
  ///   the latest connection that the process has made to it.
  public init(
    in context: Context, identity: PeerIdentity, options: SocketOptions = .init()
  ) throws(TransportError) {
    precondition(identity >> 127 == 1, "an identity comes from PeerIdentity.identity(using:)")
    if case .listening = options.security {
      preconditionFailure("a dealer connects, so its keys are .connecting")
    }
    self.options = options
    self.identity = identity
    patience = AdmissionPatience(milliseconds: options.admissionMilliseconds)
    socket = try RawSocket(ZMQ_DEALER, in: context)
    try socket.apply(options)
    // Only this side asks for signs of life, and takes all that comes: libzmq 4.3.4 ends the
    // process when one is due on a connection that broke while what came had no room. What comes is
    // what was asked for.
    try socket.set(ZMQ_HEARTBEAT_IVL, options.heartbeatMilliseconds)
    try socket.set(ZMQ_HEARTBEAT_TIMEOUT, options.heartbeatTimeoutMilliseconds)
    try socket.set(ZMQ_RCVHWM, 0)
    try socket.set(ZMQ_IMMEDIATE, 1)
    // The listener may have to speak first.
    try socket.set(ZMQ_PROBE_ROUTER, 1)
    // Workers that lose their coordinator at the same time come back at different times.
    pause = UInt64(options.reconnectMilliseconds) + UInt64(identity & 0x3F)
    try socket.set(ZMQ_RECONNECT_IVL, Int32(pause))
    try socket.set(ZMQ_RECONNECT_IVL_MAX, options.reconnectLimitMilliseconds)
    monitor = try Monitor(socket, in: context)
  }

  /// Connects, now or as soon as somebody listens there.
  ///
  /// - Throws: `TransportError` when the address has no meaning or is insecure.
  public func connect(_ endpoint: Endpoint) throws(TransportError) {
    socket.requireOwner()
    guard endpoint.isLocal || options.security.isEncrypted || options.allowInsecure else {
      throw .insecure(endpoint: endpoint.description)
    }
    if case .tcp(_, 0) = endpoint {
      throw .address(text: endpoint.description, reason: "nobody listens on port 0")
    }
    if endpoint.isVersion6 { try socket.set(ZMQ_IPV6, 1) }
    try makeConnection(to: endpoint)
    self.endpoint = endpoint
    // In-process connections have no handshake and never break.
    if case .inproc = endpoint { isConnected = true }
  }

  /// Sends `message`, now or as soon as there is a peer that reads.
  public func send(_ message: Message) -> SendOutcome {
    guard queue.add(message.frames(), limit: options.queueBytes) else { return .full }
    flush()
    return .accepted
  }

  /// The next thing that happened, or nil when there is nothing now.
  public func nextEvent() -> SocketEvent? {
    socket.requireOwner()
    let now = Uptime.milliseconds
    if let event = connectionEvent(now) { return event }
    connectAgainIfDue(now)
    if let summary = tally.due(atMilliseconds: now) { return .refused(summary) }
    if now >= nextExpiry {
      assembler.expire(atMilliseconds: now)
      nextExpiry = now + 1000
    }
    return receive(now)
  }

  /// Why the other side does not let us in, while it does not.
  public var refusal: String? { patience.present(atMilliseconds: Uptime.milliseconds) }

  /// Why it is useless to go on: the other side has refused us for as long as the options say.
  public var barred: String? { patience.verdict(atMilliseconds: Uptime.milliseconds) }

  /// Bytes that wait for the peer to read.
  public var waitingBytes: Int { queue.byteCount }

  /// Closes; sends what waits for at most so long, 0 when the run was aborted.
  public func close(lingerMilliseconds: Int = 0) {
    guard socket.isOpen else { return }
    let deadline = Uptime.milliseconds + UInt64(lingerMilliseconds)
    let poller = Poller([self])
    while !queue.isEmpty, Uptime.milliseconds < deadline {
      poller.wait(atMostMilliseconds: 2)
    }
    monitor.close()
    socket.close(lingerMilliseconds: Int32(lingerMilliseconds))
  }

  /// Sends what waits, and says what to wait for.
  public func prepareToWait() -> PollNeeds {
    socket.requireOwner()
    flush()
    var needs = PollNeeds()
    needs.add(socket, writing: !queue.isEmpty)
    needs.add(monitor.socket)
    if let retryAt {
      let now = Uptime.milliseconds
      needs.limitMilliseconds = retryAt > now ? Int(retryAt - now) : 0
    }
    return needs
  }

  private func connectionEvent(_ now: UInt64) -> SocketEvent? {
    while let event = monitor.next() {
      switch event {
      case .connected(let place):
        // One that was given up meanwhile.
        guard retryAt == nil else { continue }
        isConnected = true
        patience.connected()
        return .connected(place)
      case .refused(let report):
        let refusal = explained(report)
        giveUp(until: now + (refusal == nil ? pause : 1000))
        guard let refusal else { continue }
        let reason = patience.refused(
          refusal.sentence(.connecting, options.security), isBreak: refusal.cause == .brokenOff,
          atMilliseconds: now)
        if let reason, let line = tally.add(reason, atMilliseconds: now) { return .refused(line) }
      case .disconnected(let place):
        // A connection that was refused ends too, and that has been told.
        guard isConnected else { continue }
        isConnected = false
        giveUp(until: now + pause)
        queue = OutgoingQueue()
        assembler.forget(0)
        return .disconnected(place)
      }
    }
    return nil
  }

  /// What a refusal really is: one side may break off before the other has seen why. Nil when it is
  /// none, for nobody of this protocol is there or nothing speaks against us.
  private func explained(_ refusal: Refusal) -> Refusal? {
    guard refusal.cause == .brokenOff, let endpoint else { return refusal }
    // The library tells the address that it found for a name.
    let place = (try? Endpoint(refusal.place)) ?? endpoint
    guard let mechanism = GreetingProbe.mechanism(of: place) else { return nil }
    let own = options.security.isEncrypted ? "CURVE" : "NULL"
    if mechanism != own { return Refusal(cause: .otherMechanism, place: refusal.place) }
    return options.security.isEncrypted ? refusal : nil
  }

  /// Ends a connection that broke or was refused; another is made then. The library would make one
  /// of the same name, and none at all after bytes that make no sense to it.
  private func giveUp(until time: UInt64) {
    if let endpoint { socket.disconnect(endpoint.description) }
    retryAt = time
  }

  private func connectAgainIfDue(_ now: UInt64) {
    guard let time = retryAt, time <= now, let endpoint else { return }
    retryAt = nil
    do {
      try makeConnection(to: endpoint)
    } catch {
      // It has worked before; what hinders it now may pass.
      retryAt = now + 1000
    }
  }

  private func makeConnection(to endpoint: Endpoint) throws(TransportError) {
    try socket.set(ZMQ_ROUTING_ID, bytes: ConnectionName.next(of: identity).bytes)
    try socket.connect(endpoint.description)
  }

  private func flush() {
    while let frame = queue.next, socket.send([frame.header, frame.payload]) == .sent {
      queue.removeFirst()
    }
  }

  private func receive(_ now: UInt64) -> SocketEvent? {
    while let parts = socket.receive() {
      guard parts.count == 2 else { return .malformed(.foreign, from: 0) }
      do {
        let frame = Frame(header: parts[0], payload: parts[1])
        guard let message = try assembler.accept(frame, from: 0, atMilliseconds: now) else {
          continue
        }
        if case .probe = message.body { continue }
        return .message(message, from: 0)
      } catch {
        return .malformed(error, from: 0)
      }
    }
    return nil
  }
}
