/// How far a server is with the parameters that it was assigned.
public enum ServerStage: UInt8, Sendable, CaseIterable {
  /// It was assigned none.
  case idle = 0
  /// It has room for them and waits for their values.
  case loading = 1
  /// It holds them and answers.
  case serving = 2
}

/// What servers are to keep as it was at a version, for a checkpoint that is written beside steps.
///
/// Both numbers only grow, so an order that comes late or twice says nothing new.
public struct CaptureTerms: Equatable, Sendable {
  /// The version that was to be captured last; 0 when none was.
  public var version: UInt64
  /// Captures up to this version are needed no more.
  public var released: UInt64

  /// Names both.
  public init(version: UInt64 = 0, released: UInt64 = 0) {
    (self.version, self.released) = (version, released)
  }
}

/// What happens to a server, which owns a part of the parameters.
public enum ServerEvent: Equatable, Sendable {
  /// The control connection is there.
  case connected
  /// The control connection broke.
  case disconnected
  /// WELCOME came.
  case welcomed(job: UInt64, generation: UInt32, heartbeatMilliseconds: Milliseconds)
  /// REFUSE came.
  case refused(String)
  /// ASSIGN came; the edge has not acted on it yet.
  case assigned(
    generation: UInt32, version: UInt64, sliceCount: Int, staleness: UInt64)
  /// The edge holds all parameters that were assigned.
  case loaded(generation: UInt32)
  /// The edge cannot hold what was assigned, or cannot apply a step, and why.
  case failed(String)
  /// A worker asks for the rows of a unit, whose ids the edge has noted.
  case pull(WorkerIdentity, generation: UInt32, Work, attempt: Int)
  /// A worker delivers gradients of a unit, whose content the edge has found usable.
  case push(WorkerIdentity, generation: UInt32, Work)
  /// The edge could not keep the gradients of a unit after all: they are not finite.
  case unusable(Work)
  /// COMMIT came: all slices of the step are there, and this is to be kept on the way.
  case commit(generation: UInt32, step: UInt64, capture: CaptureTerms = CaptureTerms())
  /// The coordinator asks for parameters at a version, as they are or as they were captured; the
  /// edge keeps the question by its number.
  case fetch(generation: UInt32, version: UInt64, request: UInt64, ofCapture: Bool = false)
  /// REJECT came.
  case rejected(RejectionCode, String)
  /// STOP came.
  case stopped(StopCode, String)
  /// This process is asked to leave, and why.
  case leave(String)
  /// Time has passed.
  case tick

  /// Whether it shows that the coordinator still works.
  var isWordOfTheCoordinator: Bool {
    switch self {
    case .welcomed, .assigned, .commit, .fetch, .rejected: true
    default: false
    }
  }
}

/// What the server's edge is to do, in this order.
public enum ServerOrder: Equatable, Sendable {
  /// Send HELLO.
  case sendHello
  /// Send STATE: how far the server is, the version of its parameters, and the one that was
  /// captured last.
  case sendState(ServerStage, version: UInt64, captured: UInt64 = 0)
  /// Forget all parameters and hold those that were assigned, at this version.
  case load(version: UInt64)
  /// Answer the pull with rows at the version of its step.
  case sendRows(WorkerIdentity, Work, attempt: Int)
  /// Keep the content of this push as the unit's gradients.
  case keep(Work)
  /// Send ACK: the unit's gradients are held here, or applied.
  case acknowledge(WorkerIdentity, Work)
  /// Send REJECT.
  case reject(WorkerIdentity, RejectionCode, Work?, String)
  /// Apply the step's gradients; what follows is meant after it.
  case apply(step: UInt64)
  /// Capture the parameters as they are now, before anything that follows.
  case capture(version: UInt64)
  /// Forget what was captured.
  case releaseCapture
  /// Answer the coordinator's question of this number.
  case sendContents(request: UInt64)
  /// The same, from what was captured.
  case sendCaptured(request: UInt64)
  /// Send FAILURE.
  case sendFailure(String)
  /// Send BYE.
  case sendBye(String)
  /// Close the sockets and end.
  case exit(WorkerEnd)
  /// Tell people.
  case log(Severity, String)
}

/// The server's patience and limits.
public struct ServerSettings: Equatable, Sendable {
  /// The first pause between two HELLOs; it doubles up to the limit.
  public var helloMilliseconds: Milliseconds = 250
  /// The longest pause between two HELLOs.
  public var helloLimitMilliseconds: Milliseconds = 2000
  /// How long the server looks for its coordinator before it gives up.
  public var patienceMilliseconds: Milliseconds = 600_000
  /// So many pulls and questions may wait for the next version; a worker that is not answered asks
  /// again.
  public var waitingLimit = 4096

  /// The defaults.
  public init() {}
}
