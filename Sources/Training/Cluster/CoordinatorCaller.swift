import Foundation
import Messages
import Transport

/// Asks a coordinator, without taking part in its run.
///
/// Belongs to the thread that made it. A coordinator answers between other things: in a step, while
/// it waits, and while it evaluates; not while it reads or writes a checkpoint or opens the data.
public final class CoordinatorCaller {
  private let endpoint: Endpoint
  private let dealer: Dealer
  private var request: UInt64 = 0

  /// Begins to connect.
  ///
  /// `keys` may be the coordinator's own folder, a worker's, or one made for people.
  public init(_ coordinator: String, keys: WorkerKeys = WorkerKeys()) throws {
    endpoint = try Endpoint(coordinator)
    let protection = try Protection.caller(keys)
    dealer = try Dealer(
      in: protection.context(), identity: ProcessIdentity().number, options: protection.options)
    try dealer.connect(endpoint)
  }

  /// How the run stands. Throws when nobody tells within `seconds`.
  public func status(within seconds: Double) throws -> RunStatus {
    guard case .status(let status) = try ask(.status, within: seconds) else { throw unexpected }
    return status
  }

  /// Lets a worker finish what it holds and leave or, without a name, the run save and stop;
  /// returns what the coordinator says to it.
  public func drain(worker: String?, within seconds: Double) throws -> String {
    guard
      case .answer(let notice) = try ask(
        worker.map(Inquiry.drainWorker) ?? .drain, within: seconds)
    else { throw unexpected }
    guard notice.code == .accepted else {
      throw Failure(
        notice.sentence, at: "\(endpoint)",
        remedy: "`autoloss status` tells names and ranks of workers", exitCode: .usage)
    }
    return notice.sentence
  }

  /// Closes the connection.
  public func close() { dealer.close() }

  private func ask(_ inquiry: Inquiry, within seconds: Double) throws -> Body {
    request += 1
    let deadline = Uptime.milliseconds + UInt64(seconds * 1000)
    var nextAsk: UInt64 = 0
    let poller = Poller([dealer])
    while true {
      let now = Uptime.milliseconds
      guard now < deadline else { throw silence(seconds) }
      if dealer.isConnected, now >= nextAsk {
        // What was lost with a connection is asked again; asking twice does no harm.
        _ = dealer.send(Message(.inquire(inquiry), Envelope(request: request)))
        nextAsk = now + 1000
      }
      poller.wait(atMostMilliseconds: Int(min(100, deadline - now)))
      while let event = dealer.nextEvent() {
        if let answer = try take(event) { return answer }
        if case .disconnected = event { nextAsk = 0 }
      }
      if dealer.barred != nil { throw silence(seconds) }
    }
  }

  /// The answer that an event is; nil when it is something else.
  private func take(_ event: SocketEvent) throws -> Body? {
    switch event {
    case .message(let message, _):
      if case .refuse(let notice) = message.body {
        throw refused(notice.sentence)
      }
      return message.envelope.request == request ? message.body : nil
    case .malformed(let error, _): throw refused("its answer is of no use: \(error)")
    case .connected, .disconnected, .refused, .lost: return nil
    }
  }

  private func refused(_ reason: String) -> Failure {
    Failure(
      "the coordinator does not answer this process: \(reason)", at: "\(endpoint)",
      remedy: "use the coordinator's build and a key that it admits (docs/security.md)",
      exitCode: .refused)
  }

  private func silence(_ seconds: Double) -> Failure {
    if let reason = dealer.barred ?? dealer.refusal { return refused(reason) }
    return Failure(
      "no coordinator answered within \(seconds.formatted()) s", at: "\(endpoint)",
      remedy: dealer.isConnected
        ? "it is busy, as with a checkpoint: ask again, or give it a longer --timeout"
        : "check that it runs and can be reached from here",
      exitCode: .unavailable)
  }

  private var unexpected: Failure {
    Failure(
      "the coordinator answered something else than was asked", at: "\(endpoint)",
      remedy: "use the coordinator's build", exitCode: .refused)
  }
}
