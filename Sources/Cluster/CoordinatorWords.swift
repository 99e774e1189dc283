/// What happens to the coordinator.
public enum CoordinatorEvent: Equatable, Sendable {
  /// A worker introduces itself; `capacity` is how many slices it computes at once.
  case hello(WorkerIdentity, Fingerprint, capacity: Int)
  /// A worker tells what it holds.
  case report(WorkerIdentity, generation: UInt32, capacity: Int, [Progress])
  /// A worker asks for the rows of a unit.
  case pull(WorkerIdentity, generation: UInt32, Work, attempt: Int)
  /// A worker delivers the gradients of a unit, whose content the edge has found usable.
  case push(WorkerIdentity, generation: UInt32, Work, attempt: Int, PushOrigin)
  /// A worker cannot compute a unit, or delivered something unusable.
  case failure(WorkerIdentity, generation: UInt32, Work, String)
  /// A worker leaves of its own will.
  case bye(WorkerIdentity, String)
  /// A worker cannot be reached any more.
  case lost(WorkerIdentity)
  /// Time has passed.
  case tick
}

/// What gradients were computed from, and how long that took.
public struct PushOrigin: Equatable, Sendable {
  /// How many steps the parameters had seen; where there are several owners, the least of them.
  public var version: UInt64
  /// How many updates the controller had seen.
  public var controllerVersion: UInt64
  /// Milliseconds that the worker's threads computed, side by side; 0 when it does not say.
  public var computing: Double

  /// Names everything.
  public init(version: UInt64, controllerVersion: UInt64, computing: Double = 0) {
    self.version = version
    self.controllerVersion = controllerVersion
    self.computing = computing
  }
}

/// What the coordinator's edge is to do, in this order.
public enum CoordinatorOrder: Equatable, Sendable {
  /// Send WELCOME.
  case welcome(WorkerIdentity)
  /// Send REFUSE.
  case refuse(WorkerIdentity, RefusalCode, String)
  /// Send LEASE.
  case lease(WorkerIdentity, Lease)
  /// Send WAIT with the reason.
  case wait(WorkerIdentity, String)
  /// Answer the pull with rows at the present version.
  case sendRows(WorkerIdentity, Work, attempt: Int)
  /// Keep the content of this push as the unit's gradients.
  case apply(WorkerIdentity, Work)
  /// Send ACK: the unit is settled.
  case acknowledge(WorkerIdentity, Work)
  /// Send REJECT.
  case reject(WorkerIdentity, RejectionCode, Work?, String)
  /// All units are there: commit the step, then call `beginStep` or `finish`.
  case commit(step: UInt64)
  /// Send STOP.
  case stop(WorkerIdentity, StopCode, String)
  /// End the run with this sentence; the workers have been told.
  case fail(String)
  /// Tell people.
  case log(Severity, String)
}

/// How much people should care.
public enum Severity: Equatable, Sendable {
  /// The course of things.
  case info
  /// Notable, but as it should be.
  case notice
  /// Something to look at.
  case warning
}

/// The coordinator's patience and limits.
public struct CoordinatorSettings: Equatable, Sendable {
  /// How often the coordinator of this run has started, from 1.
  public var generation: UInt32
  /// What workers must agree with.
  public var fingerprint: Fingerprint
  /// A worker that says nothing for so long is given up.
  public var silenceMilliseconds: Milliseconds = 3000
  /// A unit without progress for so long is leased to another worker as well.
  public var leaseMilliseconds: Milliseconds = 5000
  /// A worker without progress on a unit for so long is sent away.
  public var stuckMilliseconds: Milliseconds { max(60_000, 6 * leaseMilliseconds) }
  /// Workers report so often: what they get on with must be heard of before a lease runs out.
  public var reportMilliseconds: Milliseconds { min(500, max(20, leaseMilliseconds / 4)) }
  /// A lease that the worker does not report for so long is sent again.
  public var resendMilliseconds: Milliseconds = 300
  /// So many different workers may fail on a unit before the run fails.
  public var attemptLimit = 3
  /// `tick` comes at least so often while there are workers.
  public var tickMilliseconds: Milliseconds = 500
  /// So many workers may compute one unit at the same time.
  public var holderLimit = 3
  /// A worker holds so many units at most, of all open steps.
  public var unitLimit = WorkerSettings.slots
  /// A unit gets a helper once it takes so much longer than twice the helper's usual time.
  public var helpMilliseconds: Milliseconds = 30
  /// So many steps old the parameters may be that a step is computed from; 0 makes a run exact.
  public var staleness: UInt64 = 0
  /// Whether each slice is a unit of its own: the sum of rounded gradients is not rounded.
  public var singleSlices = false

  /// How many steps after the one that is applied next are leased ahead.
  public var stepsAhead: Int { Int(staleness) + 1 }

  /// The defaults for this generation and fingerprint.
  public init(generation: UInt32, fingerprint: Fingerprint) {
    self.generation = generation
    self.fingerprint = fingerprint
  }
}

/// What the coordinator can tell about itself.
public struct CoordinatorStatus: Equatable, Sendable {
  /// A unit that a worker holds.
  public struct Holding: Equatable, Sendable {
    /// The unit.
    public var work: Work
    /// How often it had been leased before.
    public var attempt: Int
    /// Milliseconds since it was leased.
    public var ageMilliseconds: Milliseconds
  }

  /// One worker.
  public struct Worker: Equatable, Sendable {
    /// The process.
    public var identity: WorkerIdentity
    /// How many slices it computes at once.
    public var capacity: Int
    /// Whether it leaves when it has finished what it holds.
    public var isDraining: Bool
    /// What it holds.
    public var holdings: [Holding]
    /// Slices that it has delivered since it joined.
    public var delivered: Int
    /// Slices delivered per second, over about the last ten seconds.
    public var deliveredPerSecond: Double
    /// Milliseconds since it was heard.
    public var silentMilliseconds: Milliseconds

    /// The units it holds.
    public var held: [Work] { holdings.map(\.work) }
  }

  /// In the order in which they joined.
  public var workers: [Worker]
  /// What the run waits for, in words.
  public var waitsFor: String
  /// Counts since the start.
  public var counts: Counts

  /// Counts of what happened.
  public struct Counts: Equatable, Sendable {
    /// Slices whose gradients were kept.
    public var applied = 0
    /// Pushes of units that were settled already.
    public var repeated = 0
    /// Leases given.
    public var leased = 0
    /// Leases of units that had been leased before.
    public var leasedAgain = 0
    /// Messages that were rejected.
    public var rejected = 0
    /// Workers that joined.
    public var joined = 0
    /// Workers that were lost.
    public var lost = 0
    /// For how many slices the parameters were 0, 1, 2, … steps old.
    public var staleness: [Int] = []

    mutating func note(staleness age: UInt64, slices: Int) {
      while staleness.count <= Int(age) { staleness.append(0) }
      staleness[Int(age)] += slices
    }

    /// Nothing has happened yet.
    public init() {}
  }
}
