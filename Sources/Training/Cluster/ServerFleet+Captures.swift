import Cluster
import Messages
import Transport

/// Saves beside steps: servers keep what they hold at a version, and it is fetched meanwhile.
extension ServerFleet {
  /// Whether something that the servers captured is still to come.
  var isFetching: Bool { capture?.isReleased == false }

  /// What the servers hold at the present version, on its way, for who writes it; nil when this
  /// process's store is a copy of it, or it was taken before.
  func takeCapture() throws -> FetchedCapture? {
    guard synchronised != parts.store.version else { return nil }
    if state.capture.version < UInt64(parts.store.version) {
      // Nobody takes what an earlier one still has to bring.
      try releaseCapture()
      try perform(state.beginCapture(at: Uptime.milliseconds))
      expectCapture()
    }
    guard let present = capture, !present.isTaken else { return nil }
    present.isTaken = true
    if present.isReleased { capture = nil }
    return present.fetched
  }

  /// Begins to fetch what the servers were told to capture.
  func expectCapture() {
    capture = FleetCapture(of: parts.store, shares: shares, waker: waker)
  }

  /// Asks for what there is room for, and lets the servers forget what is here.
  func serveCapture() throws {
    guard let capture, isFetching else { return }
    if capture.isDone { return try releaseCapture() }
    for piece in capture.due(hasCaptured: state.hasCaptured) {
      send(
        { capture.question(for: piece, request: $0) }, version: capture.version,
        to: state.identities[piece.seat])
    }
    guard let seat = capture.lateSeat else { return }
    let server = state.identities[seat].shortName
    dropCapture(
      Failure(
        "server \(server) does not send what it captured", at: "coordinator",
        remedy: "look at the server's log, and at its connection to the coordinator's data port",
        exitCode: .unavailable))
    try releaseCapture()
  }

  /// Takes an answer about the capture; false when it is about something else.
  func receiveCaptured(
    _ contents: Contents, _ envelope: Envelope, from sender: PeerIdentity
  ) throws -> Bool {
    guard let capture, let piece = capture.piece(envelope.request) else { return false }
    guard envelope.step == UInt64(capture.version), state.identities[piece.seat] == sender else {
      return true
    }
    try capture.receive(contents, request: envelope.request, from: sender)
    try serveCapture()
    return true
  }

  /// Gives up what is on its way, for this reason.
  func dropCapture(_ reason: any Error) { capture?.fetched.fail(reason) }

  private func releaseCapture() throws {
    guard let present = capture, !present.isReleased else { return }
    present.isReleased = true
    // What came is with who writes it; what nobody has taken is kept for that.
    if present.isTaken { capture = nil }
    try perform(state.endCapture(at: Uptime.milliseconds))
  }
}
