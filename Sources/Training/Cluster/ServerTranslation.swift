import Cluster
import Messages

/// Turns messages into events of a server, and its orders into messages.
public struct ServerTranslation: Sendable {
  /// What the server says of itself.
  public let hello: Hello
  /// The run, known after WELCOME.
  public var job: UInt64 { membership.job }
  /// The start of the coordinator, known after WELCOME.
  public var generation: UInt32 { membership.generation }
  private var membership = Membership()

  /// A server that has not been welcomed.
  public init(hello: Hello) { self.hello = hello }

  /// The event that a message of the coordinator or of a worker is; nil when a server has no use
  /// for it. A push is an event only after its content was checked.
  ///
  /// WELCOME changes the envelopes from now on.
  public mutating func event(_ message: Message, from sender: PeerIdentity) -> ServerEvent? {
    let envelope = message.envelope
    let generation = membership.generation(of: envelope)
    switch message.body {
    case .welcome(let welcome):
      guard membership.welcome(envelope) else { return nil }
      return .welcomed(
        job: envelope.job, generation: envelope.generation,
        heartbeatMilliseconds: UInt64(welcome.heartbeatMilliseconds))
    case .refuse(let notice): return .refused(notice.sentence)
    case .assign(let assignment):
      return .assigned(
        generation: generation, version: envelope.step, sliceCount: Int(assignment.slices),
        staleness: UInt64(assignment.staleness))
    case .pull:
      return .pull(
        sender, generation: generation, envelope.work, attempt: Int(envelope.attempt))
    case .push: return .push(sender, generation: generation, envelope.work)
    case .commit(let terms):
      return .commit(
        generation: generation, step: envelope.step,
        capture: CaptureTerms(version: terms.capture, released: terms.released))
    case .fetch(let fetch):
      return .fetch(
        generation: generation, version: envelope.step, request: envelope.request,
        ofCapture: fetch.ofCapture)
    case .reject(let notice): return .rejected(RejectionCode(notice.code), notice.sentence)
    case .stop(let notice): return .stopped(StopCode(notice.code), notice.sentence)
    default: return nil
    }
  }

  /// The message to the coordinator that carries out `order`; nil when the edge itself must act.
  public func message(for order: ServerOrder, waitsFor: String) -> Message? {
    switch order {
    case .sendHello: Message(.hello(hello), envelope())
    case .sendState(let stage, let version, let captured):
      Message(
        .state(ServerReport(stage: stage.rawValue, captured: captured, waitsFor: waitsFor)),
        envelope(step: version))
    case .sendFailure(let sentence): Message(.failure(Notice(.badValue, sentence)), envelope())
    case .sendBye(let reason): Message(.bye(reason), envelope())
    default: nil
    }
  }

  /// The message to a worker that carries out `order`, and to whom; nil when the edge must act.
  public func answer(for order: ServerOrder) -> (Message, to: PeerIdentity)? {
    switch order {
    case .acknowledge(let worker, let work):
      (Message(.acknowledge, envelope(work)), worker)
    case .reject(let worker, let code, let work, let sentence):
      // `request` is 1 when a unit is named: step 0, slice 0 is a slice like any other.
      (
        Message(
          .reject(Notice(code.onTheWire, sentence)), envelope(work, request: work == nil ? 0 : 1)),
        worker
      )
    default: nil
    }
  }

  /// The envelope of a message of this server.
  public func envelope(step: UInt64 = 0, request: UInt64 = 0) -> Envelope {
    Envelope(job: job, generation: generation, step: step, request: request)
  }

  /// The envelope of a message of this server about a unit, if there is one.
  public func envelope(_ work: Work?, attempt: Int = 0, request: UInt64 = 0) -> Envelope {
    Envelope(job: job, generation: generation, work, attempt: attempt, request: request)
  }
}
