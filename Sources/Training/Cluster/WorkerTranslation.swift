import Cluster
import Messages

/// Turns messages into events of a worker, and its orders into messages.
public struct WorkerTranslation: Sendable {
  /// What the worker says of itself.
  public let hello: Hello
  /// The run, known after WELCOME.
  public var job: UInt64 { membership.job }
  /// The start of the coordinator, known after WELCOME.
  public var generation: UInt32 { membership.generation }
  private var membership = Membership()

  /// A worker that has not been welcomed.
  public init(hello: Hello) { self.hello = hello }

  /// The event that `message` is; nil when a worker has no use for it.
  ///
  /// WELCOME changes the envelopes from now on. Do what it says (connect the data socket, build
  /// the program) before you hand the event to the state.
  public mutating func event(_ message: Message) -> WorkerEvent? {
    let envelope = message.envelope
    let generation = membership.generation(of: envelope)
    switch message.body {
    case .welcome(let welcome):
      guard membership.welcome(envelope) else { return nil }
      return .welcomed(
        job: envelope.job, generation: envelope.generation,
        heartbeatMilliseconds: UInt64(welcome.heartbeatMilliseconds),
        creditBytes: Int(clamping: welcome.creditBytes))
    case .refuse(let notice): return .refused(notice.sentence)
    case .lease(let terms):
      let lease = Lease(
        work: envelope.work, attempt: Int(envelope.attempt),
        milliseconds: UInt64(terms.milliseconds))
      return .leased(generation: generation, lease)
    case .wait(let reason): return .toldToWait(reason)
    case .rows: return .rowsArrived(generation: generation, envelope.work)
    case .acknowledge: return .acknowledged(generation: generation, envelope.work)
    case .reject(let notice):
      let work = envelope.request == 0 ? nil : envelope.work
      return .rejected(RejectionCode(notice.code), work, notice.sentence)
    case .stop(let notice): return .stopped(StopCode(notice.code), notice.sentence)
    case .hello, .leaseRequest, .pull, .push, .heartbeat, .failure, .bye, .probe, .assign, .state,
      .commit, .fetch, .contents, .restore, .delivered, .inquire, .status, .answer, .cause:
      return nil
    }
  }

  /// The control message that carries out `order`; nil when the edge itself must act
  /// (`prepare`, `compute`, `exit`, and `sendPull` and `sendPush`, whose content it has).
  ///
  /// - Parameter capacity: how many slices the worker computes at once.
  public func message(for order: WorkerOrder, capacity: Int) -> Message? {
    switch order {
    case .sendHello:
      return Message(.hello(hello), envelope())
    case .sendReport(let asking, let items, let waitsFor):
      let report = Report(
        capacity: UInt32(clamping: capacity),
        items: items.map {
          Report.Item(
            step: $0.work.step, slice: UInt16(clamping: $0.work.slices.lowerBound),
            sliceCount: UInt16(clamping: $0.work.slices.count),
            attempt: UInt32(clamping: $0.attempt), progress: $0.amount)
        }, waitsFor: waitsFor)
      return Message(asking ? .leaseRequest(report) : .heartbeat(report), envelope())
    case .sendFailure(let lease, let sentence):
      return Message(.failure(Notice(.badValue, sentence)), envelope(lease))
    case .sendBye(let reason):
      return Message(.bye(reason), envelope())
    case .prepare, .sendPull, .compute, .sendPush, .exit:
      return nil
    }
  }

  /// FAILURE on a unit for a gradient that is not finite, as whoever computes it would find; of
  /// its slices `request` names the one.
  func notFinite(_ work: Work, slice: Int, _ sentence: String) -> Message {
    Message(
      .failure(Notice(.notFinite, sentence)),
      Envelope(job: job, generation: generation, work, request: UInt64(slice)))
  }

  /// The envelope of a message about a lease, for PULL and PUSH.
  public func envelope(_ lease: Lease? = nil, request: UInt64 = 0) -> Envelope {
    Envelope(
      job: job, generation: generation, lease?.work, attempt: lease?.attempt ?? 0,
      request: request)
  }
}
