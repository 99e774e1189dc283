import Foundation
import Transport

/// One server of a run that a coordinator leads.
public enum ServerProcess {
  /// Owns a part of the parameters for the coordinator at `coordinator` until the run is over.
  ///
  /// Workers reach the server at `listen`, by default at any free port of the address from which
  /// this machine reaches the coordinator; or at the host `advertise` if they know it by another
  /// name. `bind` is the interface to listen on when it is not the host of `listen`. A coordinator
  /// that is not there, or goes away, is looked for during `connectSeconds`.
  /// `identity` has the name by which the coordinator's log calls it; `notice` gets sentences for
  /// people. Throws `Explained` errors; a refusal by the coordinator and its failure are
  /// outcomes of the summary.
  public static func run(
    coordinator: String, listen: String? = nil, bind: String? = nil, advertise: String? = nil,
    threads: Int, keys: String? = nil, allowInsecure: Bool = false, connectSeconds: Int = 600,
    build: String, identity: ProcessIdentity = ProcessIdentity(),
    notice: @escaping (String, RunConfiguration.Level) -> Void
  ) throws -> ServerSummary {
    let stop = StopSignal()
    let began = ContinuousClock.now
    let place = try Endpoint(coordinator)
    let protection = try Protection.server(
      keys, allowInsecure: allowInsecure, connectSeconds: connectSeconds)
    if let warning = protection.warning(place) { notice(warning, .warning) }
    let addresses = try ServerAddresses(
      coordinator: place, listen: listen, bind: bind, advertise: advertise
    ) {
      try ownHost(towards: place, seconds: connectSeconds, stop: stop, notice: notice)
    }
    let edge = try ServerEdge(
      addresses: addresses, identity: identity, protection: protection,
      threads: threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount,
      build: build, connectSeconds: connectSeconds, stop: stop
    ) { severity, text in notice(text, severity.level) }
    notice("listening for workers on \(edge.workerEndpoint)", .info)
    let (outcome, reason): (WorkerSummary.Outcome, String) =
      switch try edge.run() {
      case .done(let reason): (.done, reason)
      case .interrupted(let sentence): (.interrupted, sentence)
      case .refused(let sentence): (.refused, sentence)
      case .failed(let sentence): (.failed, sentence)
      }
    notice("finished: \(reason)", .notice)
    return ServerSummary(
      server: identity.name, coordinator: coordinator, outcome: outcome, reason: reason,
      steps: edge.appliedSteps, seconds: seconds(since: began),
      firstFailure: outcome == .failed
        ? edge.cause ?? identity.failure(role: "server", reason) : nil)
  }

  /// The address from which this machine reaches the coordinator, whose name may not be known yet.
  private static func ownHost(
    towards place: Endpoint, seconds: Int, stop: StopSignal,
    notice: (String, RunConfiguration.Level) -> Void
  ) throws -> String {
    let deadline = Uptime.milliseconds + UInt64(seconds) * 1000
    var isTold = false
    while true {
      if let host = Route.localHost(towards: place) { return host }
      guard Uptime.milliseconds < deadline, !stop.isRequested else {
        throw Failure(
          "no way to the coordinator's host was found", at: "\(place)",
          remedy: "check its name, or say by --listen tcp://HOST:PORT where this server is reached",
          exitCode: stop.isRequested ? .interrupted : .unavailable)
      }
      if !isTold {
        isTold = true
        notice(
          "no way to the host of \(place) yet; looking for at most \(seconds) s "
            + "(--connect-timeout)", .notice)
      }
      Thread.sleep(forTimeInterval: 0.2)
    }
  }
}

/// What a server did, and how it ended.
public struct ServerSummary: Sendable, Codable, Equatable {
  /// The name by which the coordinator's log calls this server.
  public var server: String
  /// The address of the coordinator.
  public var coordinator: String
  /// How it ended.
  public var outcome: WorkerSummary.Outcome
  /// Why it ended, in one sentence.
  public var reason: String
  /// Steps that were applied here.
  public var steps: Int
  /// Wall time from the first attempt to connect to the end.
  public var seconds: Double
  /// Where the failure of the run began; nil unless it failed.
  public var firstFailure: FirstFailure?

  /// The end as an error; nil when all went well.
  public var failure: Failure? {
    switch outcome {
    case .done: nil
    case .interrupted:
      Failure(
        reason, at: coordinator, remedy: "start this server again when the coordinator goes on",
        exitCode: .interrupted)
    case .refused:
      Failure(
        "the coordinator refuses this server: \(reason)", at: coordinator,
        remedy: "use the coordinator's build, and an address that workers reach",
        exitCode: .refused)
    case .failed:
      Failure(
        reason, at: coordinator, remedy: "look at the coordinator's log", exitCode: .unavailable)
    }
  }
}
