import Messages

/// Which run a process is a member of, and which start of its coordinator, as WELCOME told it.
struct Membership: Sendable {
  /// The run; 0 before the first WELCOME.
  private(set) var job: UInt64 = 0
  /// The start of the coordinator; 0 before the first WELCOME.
  private(set) var generation: UInt32 = 0

  /// The generation that a message counts as: 0, which no coordinator has, if it is of another run.
  func generation(of envelope: Envelope) -> UInt32 {
    job == 0 || envelope.job == job ? envelope.generation : 0
  }

  /// Takes note of a WELCOME, unless it is of another run or older than one that came before;
  /// returns false when no coordinator can have sent it.
  mutating func welcome(_ envelope: Envelope) -> Bool {
    guard envelope.generation > 0 else { return false }
    let generation = generation(of: envelope)
    if generation > 0, generation >= self.generation {
      (job, self.generation) = (envelope.job, generation)
    }
    return true
  }
}
