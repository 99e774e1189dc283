import Cluster
import Messages

/// Turns messages into events of the coordinator, and its orders into messages.
public struct CoordinatorTranslation: Sendable {
  /// The run, as in every envelope.
  public let job: UInt64
  /// The start of the coordinator, as in every envelope.
  public let generation: UInt32
  /// What a worker is told when it joins.
  public var welcome: Welcome

  /// Names everything.
  public init(job: UInt64, generation: UInt32, welcome: Welcome) {
    self.job = job
    self.generation = generation
    self.welcome = welcome
  }

  /// The event that `message` is; nil when a coordinator has no use for it.
  ///
  /// A push is an event only after its content was checked: lengths, ids, finite numbers.
  public func event(_ message: Message, from worker: PeerIdentity) -> CoordinatorEvent? {
    let envelope = message.envelope
    // No coordinator has generation 0: messages of another run are as old as can be.
    let generation = envelope.job == job ? envelope.generation : 0
    switch message.body {
    case .hello(let hello):
      return .hello(worker, Fingerprint(hello), capacity: Int(hello.capacity))
    case .leaseRequest(let report), .heartbeat(let report):
      let items = report.items.map {
        Progress(
          work: Work(step: $0.step, first: $0.slice, count: $0.sliceCount),
          attempt: Int($0.attempt), amount: $0.progress)
      }
      return .report(worker, generation: generation, capacity: Int(report.capacity), items)
    case .pull:
      return .pull(
        worker, generation: generation, envelope.work, attempt: Int(envelope.attempt))
    case .push(let push):
      return .push(
        worker, generation: generation, envelope.work, attempt: Int(envelope.attempt),
        push.delivery.origin)
    case .delivered(let delivery):
      return .push(
        worker, generation: generation, envelope.work, attempt: Int(envelope.attempt),
        delivery.origin)
    case .failure(let notice):
      return .failure(worker, generation: generation, envelope.work, notice.sentence)
    case .bye(let reason):
      return .bye(worker, reason)
    case .welcome, .refuse, .lease, .wait, .rows, .acknowledge, .reject, .stop, .probe, .assign,
      .state, .commit, .fetch, .contents, .restore, .inquire, .status, .answer, .cause:
      return nil
    }
  }

  /// The message that carries out `order`, and to whom; nil when the edge itself must act
  /// (`sendRows`, `apply`, `commit`, `fail`, `log`).
  public func message(for order: CoordinatorOrder) -> (Message, to: PeerIdentity)? {
    switch order {
    case .welcome(let worker):
      (Message(.welcome(welcome), envelope()), worker)
    case .refuse(let worker, let code, let sentence):
      (Message(.refuse(Notice(code.onTheWire, sentence)), envelope()), worker)
    case .lease(let worker, let lease):
      (
        Message(
          .lease(LeaseTerms(milliseconds: UInt32(clamping: lease.milliseconds))),
          envelope(lease.work, attempt: lease.attempt)), worker
      )
    case .wait(let worker, let reason):
      (Message(.wait(reason), envelope()), worker)
    case .acknowledge(let worker, let work):
      (Message(.acknowledge, envelope(work)), worker)
    case .reject(let worker, let code, let work, let sentence):
      (Message(.reject(Notice(code.onTheWire, sentence)), envelope(rejected: work)), worker)
    case .stop(let worker, let code, let sentence):
      (Message(.stop(Notice(code.onTheWire, sentence)), envelope()), worker)
    case .sendRows, .apply, .commit, .fail, .log:
      nil
    }
  }

  /// The envelope of a message about a unit, for ROWS: `request` is that of the pull.
  public func envelope(_ work: Work? = nil, attempt: Int = 0, request: UInt64 = 0) -> Envelope {
    Envelope(job: job, generation: generation, work, attempt: attempt, request: request)
  }

  /// `request` is 1 when a unit is named: step 0, slice 0 is a slice like any other.
  private func envelope(rejected work: Work?) -> Envelope {
    envelope(work, request: work == nil ? 0 : 1)
  }
}

extension Envelope {
  /// The unit that the message is about.
  public var work: Work { Work(step: step, first: slice, count: sliceCount) }

  /// An envelope about a unit, if there is one.
  init(job: UInt64, generation: UInt32, _ work: Work?, attempt: Int = 0, request: UInt64 = 0) {
    self.init(
      job: job, generation: generation, step: work?.step ?? 0,
      slice: UInt16(clamping: work?.slices.lowerBound ?? 0),
      sliceCount: UInt16(clamping: work?.slices.count ?? 0), attempt: UInt32(clamping: attempt),
      request: request)
  }
}

extension Work {
  /// The unit of `count` slices from `first` on, as it stands on the wire.
  init(step: UInt64, first: UInt16, count: UInt16) {
    self.init(step: step, slices: Int(first)..<Int(first) + Int(count))
  }
}

extension Delivery {
  /// What the gradients were computed from.
  var origin: PushOrigin {
    PushOrigin(
      version: version, controllerVersion: controllerVersion,
      computing: Double(computeMicroseconds) / 1000)
  }
}

extension Fingerprint {
  /// What a worker says of itself.
  init(_ hello: Hello) {
    self.init(
      build: hello.build, configuration: hello.configurationHash, data: hello.dataHash,
      vocabulary: hello.vocabularyHash, kernel: hello.blasKernel)
  }
}

extension RefusalCode {
  var onTheWire: NoticeCode {
    switch self {
    case .otherBuild: .otherBuild
    case .otherConfiguration: .otherConfiguration
    case .otherData: .otherData
    case .otherVocabulary: .otherVocabulary
    case .otherKernel: .otherKernel
    }
  }
}

extension RejectionCode {
  var onTheWire: NoticeCode {
    switch self {
    case .oldGeneration: .oldGeneration
    case .unknownWorker: .unknownWorker
    case .wrongStep: .wrongStep
    case .wrongController: .wrongController
    case .unusable: .malformed
    }
  }

  init(_ code: NoticeCode) {
    self =
      switch code {
      case .oldGeneration: .oldGeneration
      case .unknownWorker: .unknownWorker
      case .wrongStep: .wrongStep
      case .wrongController: .wrongController
      default: .unusable
      }
  }
}

extension StopCode {
  var onTheWire: NoticeCode {
    switch self {
    case .done: .done
    case .drained: .draining
    case .interrupted: .interrupted
    case .failed: .failed
    }
  }

  init(_ code: NoticeCode) {
    self =
      switch code {
      case .done: .done
      case .draining: .drained
      case .interrupted: .interrupted
      default: .failed
      }
  }
}

extension Severity {
  /// The same for a run's log.
  var level: RunConfiguration.Level {
    switch self {
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    }
  }
}
