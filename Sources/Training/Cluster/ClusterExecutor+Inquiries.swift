import Cluster
import Foundation
import Messages
import Transport

/// Answering those who ask, and telling where a failure began.
///
/// Who asks is no member: it is leased nothing and counted nowhere.
extension ClusterExecutor {
  func answer(_ inquiry: Inquiry, _ envelope: Envelope, of sender: PeerIdentity) throws {
    if let body = immediateAnswer(inquiry) { return reply(body, to: envelope, of: sender) }
    guard case .drainWorker(let name) = inquiry else { return }
    let now = Uptime.milliseconds
    let members = state.status(at: now).workers.map(\.identity)
    let (identity, refusal) = desk.worker(name, among: members)
    guard let identity else { return reply(.answer(refusal), to: envelope, of: sender) }
    let left = members.count - 1
    let others =
      left > 0
      ? "\(left) \(left == 1 ? "goes" : "go") on"
      : "none is left then, and the run waits for another"
    let sentence = "worker \(identity.shortName) finishes what it holds and leaves; \(others)"
    reply(.answer(Notice(.accepted, sentence)), to: envelope, of: sender)
    try perform(state.drain(identity, at: now), about: nil)
  }

  /// Does something during which people who ask are told this.
  func whileBusy<Result>(with what: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = occupation
    occupation = what
    defer { occupation = outer }
    return try body()
  }

  /// Answers those who ask while this process is busy with `occupation`; everything else waits
  /// until it listens again, in the order in which it came. What servers captured is waited for.
  func attend(_ occupation: String) {
    whileBusy(with: occupation) {
      attendCapture()
      // Bounded, like what the library takes for each peer.
      while postponed.count < 1024, let event = control.nextEvent() {
        if case .message(let message, let sender) = event,
          case .inquire(let inquiry) = message.body, let body = immediateAnswer(inquiry)
        {
          reply(body, to: message.envelope, of: sender)
        } else {
          postponed.append(event)
        }
      }
    }
  }

  /// The answer to what needs no decision; nil for what waits until this process listens.
  private func immediateAnswer(_ inquiry: Inquiry) -> Body? {
    switch inquiry {
    case .status: return .status(status)
    case .drain:
      stop.request()
      let sentence = "the run is saved and stops; --resume auto goes on with it"
      return .answer(Notice(.accepted, sentence))
    case .drainWorker: return nil
    }
  }

  func saved(_ checkpoint: RunCheckpoint) {
    desk.note(checkpoint: checkpoint.step, path: checkpoint.path, at: Uptime.milliseconds)
  }

  /// Takes note of the checkpoint that the run goes on from.
  func resumed(from folder: URL, step: Int) {
    desk.note(resumed: step, from: folder, at: Uptime.milliseconds)
  }

  /// Where the failure that ended the run began; nil when it was in this process.
  var origin: FirstFailure? {
    cause ?? fleet?.failure.map { failure(of: $0.server, $0.sentence) }
  }

  /// A failure of a server, now.
  func failure(of server: PeerIdentity, _ sentence: String) -> FirstFailure {
    desk.failure(.server, server, step: UInt64(parts.store.version), sentence)
  }

  /// A failure that began in this process, now.
  func failure(_ sentence: String) -> FirstFailure {
    desk.failure(nil, step: UInt64(parts.store.version), sentence)
  }

  /// The first failure of a worker since the last step was committed.
  var blamed: FirstFailure? {
    state.blame.map { blame in
      let now = Uptime.milliseconds
      return desk.failure(
        .worker, blame.worker, step: blame.step, slice: blame.slice,
        secondsAgo: Double(now - min(now, blame.time)) / 1000, blame.sentence)
    }
  }

  private var status: RunStatus {
    let now = Uptime.milliseconds
    let workers = state.status(at: now)
    return desk.status(
      job: translation.job, generation: translation.generation, step: parts.store.version,
      waitsFor: waitsFor(workers), workers: workers, servers: fleet?.standings(at: now) ?? [],
      staleness: staleness, at: now)
  }

  private func waitsFor(_ status: CoordinatorStatus) -> String {
    if let occupation { return occupation }
    if let fleet, translation.welcome.serverAddresses.isEmpty { return fleet.waitsFor }
    let wanted = expectedWorkers
    if gathersWorkers { return "\(wanted - workers) of \(wanted) workers" }
    return status.waitsFor
  }

  private func reply(_ body: Body, to envelope: Envelope, of sender: PeerIdentity) {
    var answer = translation.envelope()
    answer.request = envelope.request
    // An answer that does not leave is asked for again.
    _ = control.send(Message(body, answer), to: sender)
  }
}
