/// What happens to the fleet of servers, seen by the coordinator.
public enum FleetEvent: Equatable, Sendable {
  /// A server introduces itself and says where workers reach it.
  case hello(WorkerIdentity, Fingerprint, address: String)
  /// A server tells how far it is, the version of its parameters and what it captured last.
  case state(
    WorkerIdentity, generation: UInt32, ServerStage, version: UInt64, captured: UInt64 = 0)
  /// A server cannot go on, and why.
  case failure(WorkerIdentity, generation: UInt32, String)
  /// A server leaves of its own will.
  case bye(WorkerIdentity, String)
  /// A server cannot be reached any more.
  case lost(WorkerIdentity)
  /// Time has passed.
  case tick
}

/// What the coordinator's edge is to do about servers, in this order.
public enum FleetOrder: Equatable, Sendable {
  /// Send WELCOME.
  case welcome(WorkerIdentity)
  /// Send REFUSE.
  case refuse(WorkerIdentity, RefusalCode, String)
  /// Send ASSIGN for this seat; also when it was sent before.
  case assign(WorkerIdentity, seat: Int)
  /// Send the values of the seat's parameters, once.
  case restore(WorkerIdentity, seat: Int)
  /// Send COMMIT; also when it was sent before.
  case commit(WorkerIdentity, step: UInt64, capture: CaptureTerms = CaptureTerms())
  /// Send REJECT.
  case reject(WorkerIdentity, RejectionCode, String)
  /// Send STOP.
  case stop(WorkerIdentity, StopCode, String)
  /// The parameters of a server are gone: everything goes on from the last checkpoint.
  case lose(WorkerIdentity, String)
  /// End the run: the server cannot go on, or cannot be believed, for this reason.
  case fail(WorkerIdentity, String)
  /// Tell people.
  case log(Severity, String)
}

/// What the coordinator can tell about one server.
public struct ServerStanding: Equatable, Sendable {
  /// The process.
  public var identity: WorkerIdentity
  /// Its place among the servers; nil while it is a spare.
  public var seat: Int?
  /// Where workers reach it.
  public var address: String
  /// The version of its parameters, as it was told last.
  public var version: UInt64
  /// Whether it has its parameters.
  public var isLoaded: Bool
  /// Milliseconds since it was heard.
  public var silentMilliseconds: Milliseconds
}

/// The coordinator's patience with servers.
public struct FleetSettings: Equatable, Sendable {
  /// How often the coordinator of this run has started, from 1.
  public var generation: UInt32
  /// What servers must agree with; a server has no data of its own.
  public var fingerprint: Fingerprint
  /// How many servers share the parameters.
  public var servers: Int
  /// The version that the parameters begin at.
  public var version: UInt64
  /// A server that says nothing for so long is given up.
  public var silenceMilliseconds: Milliseconds = 3000
  /// A server may say nothing for so long while it makes room for what it was assigned.
  public var loadMilliseconds: Milliseconds = 60_000
  /// An order that is not seen to be carried out for so long is sent again.
  public var resendMilliseconds: Milliseconds = 500
  /// `tick` comes at least so often.
  public var tickMilliseconds: Milliseconds = 250

  /// The defaults for this generation, fingerprint and number of servers.
  public init(generation: UInt32, fingerprint: Fingerprint, servers: Int, version: UInt64) {
    self.generation = generation
    self.fingerprint = fingerprint
    self.servers = servers
    self.version = version
  }
}
