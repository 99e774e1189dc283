import Kernels

/// One message: what it is about, and what it says.
public struct Message: Sendable {
  /// What it is about.
  public var envelope: Envelope
  /// What it says.
  public var body: Body

  /// Pairs an envelope with a body.
  public init(_ body: Body, _ envelope: Envelope = Envelope()) {
    self.envelope = envelope
    self.body = body
  }
}

/// What a message says.
public enum Body: Sendable {
  /// Worker → coordinator: I want to take part.
  case hello(Hello)
  /// Coordinator → worker: you do.
  case welcome(Welcome)
  /// Coordinator → worker: you do not, and why.
  case refuse(Notice)
  /// Worker → coordinator: this is what I do, and I want more to do.
  case leaseRequest(Report)
  /// Coordinator → worker: compute the slice of the envelope.
  case lease(LeaseTerms)
  /// Coordinator → worker: nothing for you now, and why.
  case wait(String)
  /// Worker → owner: send me rows for the slice of the envelope.
  case pull(Pull)
  /// Owner → worker: the rows.
  case rows(Parameters)
  /// Worker → owner: the gradients of the slice of the envelope.
  case push(Push)
  /// Owner → worker: the slice of the envelope is settled; forget it.
  case acknowledge
  /// Coordinator → worker: your message is not accepted, and why.
  case reject(Notice)
  /// Worker → coordinator: this is what I do.
  case heartbeat(Report)
  /// Worker → coordinator: I cannot compute the slice of the envelope, and why.
  case failure(Notice)
  /// Coordinator → worker: stop.
  case stop(Notice)
  /// Worker → coordinator: I leave; the text says why.
  case bye(String)
  /// Either way: are you there? Needs no answer.
  case probe
  /// Coordinator → server: own this.
  case assign(Assignment)
  /// Server → coordinator: this is how far I am.
  case state(ServerReport)
  /// Coordinator → server: all slices of the envelope's step are there; apply it.
  case commit(CommitTerms)
  /// Coordinator → server: send me parameters.
  case fetch(Fetch)
  /// Server → coordinator: the parameters.
  case contents(Contents)
  /// Coordinator → server: these are the values of your parameters.
  case restore(Contents)
  /// Worker → coordinator: all owners hold the gradients of the slice of the envelope.
  case delivered(Delivery)
  /// Anybody who is admitted → coordinator: a question, or a wish, of somebody who is no member.
  case inquire(Inquiry)
  /// Coordinator → who asked: how the run stands.
  case status(RunStatus)
  /// Coordinator → who asked: what becomes of the wish.
  case answer(Notice)
  /// Coordinator → member, before STOP of a run that failed: where it began.
  case cause(FirstFailure)

  /// How its numbers are written, as the header says.
  public var codec: Codec {
    switch self {
    case .rows(let words): words.codec
    case .push(let words): words.codec
    default: .float32
    }
  }

  /// The type in the header.
  public var type: MessageType {
    switch self {
    case .hello: .hello
    case .welcome: .welcome
    case .refuse: .refuse
    case .leaseRequest: .leaseRequest
    case .lease: .lease
    case .wait: .wait
    case .pull: .pull
    case .rows: .rows
    case .push: .push
    case .acknowledge: .acknowledge
    case .reject: .reject
    case .heartbeat: .heartbeat
    case .failure: .failure
    case .stop: .stop
    case .bye: .bye
    case .probe: .probe
    case .assign: .assign
    case .state: .state
    case .commit: .commit
    case .fetch: .fetch
    case .contents: .contents
    case .restore: .restore
    case .delivered: .delivered
    case .inquire: .inquire
    case .status: .status
    case .answer: .answer
    case .cause: .cause
    }
  }
}

/// What can be written into a payload and read from it.
protocol Words: WrittenWords {
  init(from reader: inout PayloadReader) throws(WireError)
}

/// What can be written into a payload.
protocol WrittenWords {
  func write(to writer: inout PayloadWriter)
  var expectedBytes: Int { get }
}

extension WrittenWords {
  var expectedBytes: Int { 256 }
}

extension Message {
  /// The message as frames of at most `WireLimits.partBytes`, each with its header.
  public func frames() -> [Frame] {
    let payload = body.payload()
    precondition(payload.byteCount <= WireLimits.messageBytes, "a message is at most 1 GiB")
    let parts = payload.parts.isEmpty ? [.init(count: 0)] : payload.parts
    return parts.enumerated().map { part, bytes in
      let header = Header(
        type: body.type, codec: body.codec, envelope: envelope, part: UInt32(part),
        parts: UInt32(parts.count))
      return Frame(header: header.encoded(payload: bytes), payload: bytes)
    }
  }

  /// Reads the whole content of a message of this type, whose numbers are written by `codec`.
  ///
  /// - Throws: `WireError` when the content is not exactly what the type promises.
  public init(
    type: MessageType, codec: Codec = .float32, envelope: Envelope, payload: Payload
  ) throws(WireError) {
    var reader = PayloadReader(payload)
    self.init(try Body(type: type, codec: codec, from: &reader), envelope)
    try reader.finish()
  }
}

extension Body {
  func payload() -> Payload {
    switch self {
    case .hello(let words): Self.written(words)
    case .welcome(let words): Self.written(words)
    case .refuse(let words), .reject(let words), .failure(let words), .stop(let words),
      .answer(let words):
      Self.written(words)
    case .leaseRequest(let words), .heartbeat(let words): Self.written(words)
    case .lease(let words): Self.written(words)
    case .wait(let text), .bye(let text): Self.written(text)
    case .pull(let words): Self.written(words)
    case .rows(let words): Self.written(words)
    case .push(let words): Self.written(words)
    case .assign(let words): Self.written(words)
    case .state(let words): Self.written(words)
    case .commit(let words): Self.written(words)
    case .fetch(let words): Self.written(words)
    case .contents(let words), .restore(let words): Self.written(words)
    case .delivered(let words): Self.written(words)
    case .inquire(let words): Self.written(words)
    case .status(let words): Self.written(words)
    case .cause(let words): Self.written(words)
    case .acknowledge, .probe: .empty
    }
  }

  init(
    type: MessageType, codec: Codec = .float32, from reader: inout PayloadReader
  ) throws(WireError) {
    switch type {
    case .hello: self = .hello(try Hello(from: &reader))
    case .welcome: self = .welcome(try Welcome(from: &reader))
    case .refuse: self = .refuse(try Notice(from: &reader))
    case .leaseRequest: self = .leaseRequest(try Report(from: &reader))
    case .lease: self = .lease(try LeaseTerms(from: &reader))
    case .wait: self = .wait(try reader.readText("the reason of waiting"))
    case .pull: self = .pull(try Pull(from: &reader))
    case .rows: self = .rows(try Parameters(codec, from: &reader))
    case .push: self = .push(try Push(codec, from: &reader))
    case .acknowledge: self = .acknowledge
    case .reject: self = .reject(try Notice(from: &reader))
    case .heartbeat: self = .heartbeat(try Report(from: &reader))
    case .failure: self = .failure(try Notice(from: &reader))
    case .stop: self = .stop(try Notice(from: &reader))
    case .bye: self = .bye(try reader.readText("the farewell"))
    case .probe: self = .probe
    case .assign: self = .assign(try Assignment(from: &reader))
    case .state: self = .state(try ServerReport(from: &reader))
    case .commit: self = .commit(try CommitTerms(from: &reader))
    case .fetch: self = .fetch(try Fetch(from: &reader))
    case .contents: self = .contents(try Contents(from: &reader))
    case .restore: self = .restore(try Contents(from: &reader))
    case .delivered: self = .delivered(try Delivery(from: &reader))
    case .inquire: self = .inquire(try Inquiry(from: &reader))
    case .status: self = .status(try RunStatus(from: &reader))
    case .answer: self = .answer(try Notice(from: &reader))
    case .cause: self = .cause(try FirstFailure(from: &reader))
    }
  }

  private static func written(_ words: some WrittenWords) -> Payload {
    var writer = PayloadWriter(expectedBytes: words.expectedBytes)
    words.write(to: &writer)
    return writer.finish()
  }

  private static func written(_ text: String) -> Payload {
    var writer = PayloadWriter()
    writer.write(text.shortened)
    return writer.finish()
  }
}
