/// What happens to a worker.
public enum WorkerEvent: Equatable, Sendable {
  /// The control connection is there.
  case connected
  /// The control connection broke.
  case disconnected
  /// The data connection is there, for the first time or again.
  case dataConnected
  /// WELCOME came, and the edge has done what it says.
  case welcomed(
    job: UInt64, generation: UInt32, heartbeatMilliseconds: Milliseconds, creditBytes: Int)
  /// REFUSE came.
  case refused(String)
  /// LEASE came.
  case leased(generation: UInt32, Lease)
  /// WAIT came.
  case toldToWait(String)
  /// A compute thread has read the unit's examples and knows its rows.
  case prepared(slot: Int, Work)
  /// ROWS came whole.
  case rowsArrived(generation: UInt32, Work)
  /// A compute thread has the gradients; so many bytes are to be pushed.
  case computed(slot: Int, Work, pushBytes: Int)
  /// A compute thread cannot go on with the unit, and why.
  case failed(slot: Int, Work, String)
  /// A unit got on, or waits in a queue that does: parts came, slices were read or computed. What
  /// is due by time waits for the next event.
  case progressed(slot: Int, Work)
  /// ACK came.
  case acknowledged(generation: UInt32, Work)
  /// REJECT came.
  case rejected(RejectionCode, Work?, String)
  /// STOP came.
  case stopped(StopCode, String)
  /// This process is asked to leave, and why.
  case leave(String)
  /// Time has passed.
  case tick
}

/// What the worker's edge is to do, in this order.
///
/// A slot is one of `capacity` sets of buffers. Between `prepare` and the next `prepare` of the
/// same slot the buffers belong to the work named there.
public enum WorkerOrder: Equatable, Sendable {
  /// Send HELLO.
  case sendHello
  /// Send LEASE-REQUEST (`asking`) or HEARTBEAT.
  case sendReport(asking: Bool, [Progress], waitsFor: String)
  /// Let a compute thread read the unit's examples and collect its row ids.
  case prepare(slot: Int, Lease)
  /// Send PULL; also when it was sent before.
  case sendPull(slot: Int, Lease)
  /// Let a compute thread take the rows and compute the gradients.
  case compute(slot: Int, Lease)
  /// Send PUSH; also when it was sent before.
  case sendPush(slot: Int, Lease)
  /// Send FAILURE.
  case sendFailure(Lease, String)
  /// Send BYE.
  case sendBye(String)
  /// Close the sockets and end.
  case exit(WorkerEnd)
}

/// How a worker ends.
public enum WorkerEnd: Equatable, Sendable {
  /// The run is finished, or the worker was asked to leave.
  case done(String)
  /// The run was stopped and can go on.
  case interrupted(String)
  /// The coordinator does not want this worker.
  case refused(String)
  /// Something failed; the sentence says what.
  case failed(String)

  /// The end that STOP brings.
  init(_ code: StopCode, _ sentence: String) {
    self =
      switch code {
      case .done, .drained: .done(sentence)
      case .interrupted: .interrupted(sentence)
      case .failed: .failed(sentence)
      }
  }
}

/// The worker's patience and size.
public struct WorkerSettings: Equatable, Sendable {
  /// How many units a worker holds at once: some are read or delivered while others are computed.
  public static let slots = 8
  /// How many units it holds at most.
  public var capacity: Int
  /// The first pause between two HELLOs; it doubles up to the limit.
  public var helloMilliseconds: Milliseconds = 250
  /// The longest pause between two HELLOs.
  public var helloLimitMilliseconds: Milliseconds = 2000
  /// The first wait for ROWS or ACK before asking again; it doubles up to ten times as much.
  public var requestMilliseconds: Milliseconds = 3000
  /// How long the worker looks for a coordinator that welcomes it before it gives up.
  public var connectMilliseconds: Milliseconds = 600_000
  /// How long a coordinator that welcomed the worker may say nothing, as in a long evaluation.
  public var patienceMilliseconds: Milliseconds = 600_000

  /// The defaults for so many units at once.
  public init(capacity: Int = Self.slots) {
    precondition(capacity > 0, "a worker holds at least one unit")
    self.capacity = capacity
  }
}
