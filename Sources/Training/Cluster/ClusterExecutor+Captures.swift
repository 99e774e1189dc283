import Transport

/// Bringing what servers own to this process: all at once, or what they captured beside steps.
extension ClusterExecutor {
  /// How long a wait is not mentioned.
  private static let quietMilliseconds: UInt64 = 10_000
  /// How long `attend` serves a capture before its caller looks at the clock.
  private static let attentionMilliseconds: UInt64 = 1000

  func synchronise() throws -> Bool {
    // A run that stops before its servers have come has changed nothing.
    guard let fleet, !translation.welcome.serverAddresses.isEmpty else { return false }
    try waitForCapture()
    return try whileBusy(with: "the parameters of the servers") {
      try fleet.synchronise(serve: listen)
    }
  }

  func expectSave(after step: Int) throws {
    guard fleet != nil else { return }
    // Servers keep one capture at a time.
    try waitForCapture()
    savesAfter = step
  }

  func capture() throws -> FetchedCapture? {
    guard let fleet, !translation.welcome.serverAddresses.isEmpty else { return nil }
    return try fleet.takeCapture()
  }

  /// Serves the capture that is being written and still on its way, if one is, for a while; what
  /// goes wrong ends it, and is thrown when this process listens next.
  func attendCapture() {
    let end = Uptime.milliseconds + Self.attentionMilliseconds
    do {
      while let fleet, fleet.isFetching, fleet.capture?.isTaken == true,
        Uptime.milliseconds < end
      {
        try listen()
      }
    } catch {
      fleet?.dropCapture(error)
      putOff = error
    }
  }

  /// Waits until everything that servers captured is here: they are given up when they do not
  /// answer, and the disk is waited for as by any save.
  private func waitForCapture() throws {
    guard let fleet, let capture = fleet.capture, fleet.isFetching else { return }
    var mentioned = Uptime.milliseconds
    try whileBusy(with: "the checkpoint of step \(capture.version)") {
      while fleet.isFetching {
        try listen()
        guard Uptime.milliseconds >= mentioned + Self.quietMilliseconds else { continue }
        mentioned = Uptime.milliseconds
        tell("the run waits for what servers keep for the checkpoint of step \(capture.version)")
      }
    }
  }
}
