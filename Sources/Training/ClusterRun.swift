import Cluster
import Datasets
import Foundation
import Kernels
import Transport

extension TrainingRun {
  /// Trains with workers that connect to `cluster.listen`; otherwise as `train`.
  ///
  /// - Parameters:
  ///   - build: the version of this program; workers of another are refused.
  ///   - stop: listens for signals from before the data is opened, which may last.
  public static func coordinate(
    _ configuration: RunConfiguration, resume: ResumeMode = .never, build: String,
    stop: StopSignal = StopSignal(), observer: any RunObserver
  ) throws -> RunSummary {
    var opened: RunSetup? = try RunSetup(configuration)
    guard !configuration.cluster.listen.isEmpty else {
      throw Failure(
        "a coordinator needs an address to listen on", at: "cluster.listen",
        remedy: "add --listen tcp://127.0.0.1:5570, or set \(LaunchAddress.variable)",
        exitCode: .configuration)
    }
    let protection = try Protection.coordinator(configuration.cluster)
    let sockets = try CoordinatorSockets(
      CoordinatorAddresses(configuration.cluster), protection: protection)
    let folder = RunFolder(URL(fileURLWithPath: configuration.out))
    let lock = try folder.claim()
    defer { lock.release() }
    try folder.forgetFailure()
    if let warning = protection.warning(sockets.controlEndpoint) {
      observer.observe(.notice(warning))
    }
    observer.observe(.notice("listening on \(sockets.controlEndpoint)", .info))
    if let warning = openFilesWarning(configuration.cluster) {
      observer.observe(.notice(warning, .warning))
    }
    var resume = resume
    var earlier: FirstFailure?
    var stretch: RateDropped?
    var expected = configuration.cluster.expectWorkers
    var ages: [Int] = []
    while true {
      do {
        // The memory of a generation is given back before the next one takes its own.
        let setup = try opened.take() ?? RunSetup(configuration, drops: stretch?.drops ?? [])
        return try lead(
          setup, resume: resume, sockets: sockets, build: build, stop: stop, earlier: earlier,
          after: stretch, expecting: &expected, ages: &ages, observer: observer)
      } catch let dropped as RateDropped {
        tell(dropped, configuration, observer)
        (resume, stretch, earlier) = (.auto, dropped, nil)
      } catch let lost as ServerLost {
        // The parameters are as the last checkpoint has them, for all servers alike.
        observer.observe(
          .notice("\(lost.sentence); the run goes on from its last checkpoint", .warning))
        (resume, earlier) = (.auto, lost.first)
      }
    }
  }

  /// What to say where fewer files may be open than workers and servers need, two connections each.
  private static func openFilesWarning(_ cluster: RunConfiguration.Cluster) -> String? {
    let needed = 128 + 2 * (cluster.expectWorkers + cluster.servers)
    guard OpenFiles.limit < needed else { return nil }
    return "this process may open \(OpenFiles.limit) files, connections among them, and may need "
      + "\(needed); raise the limit (ulimit -n, LimitNOFILE= of systemd)"
  }

  /// One generation of a run: from where its folder stands to the end, to the loss of a server or
  /// to other learning rates; `earlier` is the loss that ended the one before, and `expected` how
  /// many workers it waits for, then how many the next is to wait for. `ages` tells of how old
  /// parameters were that slices were computed from, before it and then with it.
  private static func lead(
    _ setup: RunSetup, resume: ResumeMode, sockets: CoordinatorSockets, build: String,
    stop: StopSignal, earlier: FirstFailure?, after stretch: RateDropped?,
    expecting expected: inout Int, ages: inout [Int], observer: any RunObserver
  ) throws -> RunSummary {
    let position = try setup.open(resume: resume, observer: observer)
    let compute = LocalCompute(parts: setup.parts, source: setup.source, threads: setup.threads)
    let manifest = setup.dataset.manifest
    let executor = ClusterExecutor(
      compute: compute, sockets: sockets, identity: try .next(in: setup.checkpoints.folder),
      fingerprint: Fingerprint(
        build: build, data: manifest.dataHash, vocabulary: manifest.vocabulary.sha256,
        kernel: BlasSetup.current().core),
      observer: observer, stop: stop)
    (executor.expectedWorkers, executor.earlierStaleness) = (expected, ages)
    defer { (expected, ages) = (executor.remainingWorkers, executor.staleness) }
    if let step = position?.step {
      executor.resumed(from: setup.checkpoints.folder.checkpoint(step: step), step: step)
    }
    let trainer = Trainer(
      compute: compute, executor: executor, dataset: setup.dataset,
      checkpoints: setup.checkpoints, stop: stop, observer: observer, after: stretch)
    do {
      let summary = try trainer.run(from: position)
      // The model is saved: a farewell that fails leaves workers that give up by themselves.
      if summary.interrupted {
        try? executor.finish(.interrupted, "the run was stopped after a checkpoint")
      } else {
        try? executor.finish(.done, "the run is over")
      }
      return summary
    } catch let dropped as RateDropped {
      throw dropped
    } catch let lost as ServerLost {
      var lost = lost
      lost.first = executor.failure(of: lost.server, lost.sentence)
      throw lost
    } catch {
      // A server that was lost is the cause as long as no step was made without it.
      let isWaiting = !executor.hasBegun && (error as? Failure)?.exitCode == .unavailable
      let loss = isWaiting ? earlier : nil
      let reason = RunFailure.sentence(of: error)
      let failure = RunFailure(
        error, first: executor.origin ?? loss ?? executor.failure(reason))
      // What ended the run is worth telling, not a farewell that fails too.
      try? executor.finish(.failed, "the run failed: \(reason)", cause: failure.first)
      do {
        try setup.checkpoints.folder.record(failure)
      } catch {
        observer.observe(.notice("failure.json cannot be written: \(error)"))
      }
      throw failure
    }
  }
}

/// One worker of a run that a coordinator leads.
public enum WorkerProcess {
  /// Computes slices for the coordinator at `coordinator` until the run is over.
  ///
  /// The configuration comes from the coordinator; `dataFolder` is this host's copy of its
  /// prepared data. A coordinator that is not there, or goes away, is looked for during
  /// `connectSeconds`. `identity` has the name by which the coordinator's log calls it, `notice`
  /// gets sentences for people. Throws `Explained` errors; a refusal by the coordinator and its
  /// failure are outcomes of the summary.
  public static func run(
    coordinator: String, dataFolder: String, threads: Int, keys: WorkerKeys = WorkerKeys(),
    connectSeconds: Int = 600, build: String, identity: ProcessIdentity = ProcessIdentity(),
    stop: StopSignal = StopSignal(), notice: @escaping (String) -> Void
  ) throws -> WorkerSummary {
    let began = ContinuousClock.now
    let dataset = try Dataset(folder: dataFolder)
    let endpoint = try Endpoint(coordinator)
    let protection = try Protection.worker(keys, connectSeconds: connectSeconds)
    if let warning = protection.warning(endpoint) { notice(warning) }
    let edge = try WorkerEdge(
      endpoint: endpoint, identity: identity, protection: protection, dataset: dataset,
      threads: threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount,
      build: build, connectSeconds: connectSeconds, stop: stop, notice: notice)
    let (outcome, reason): (WorkerSummary.Outcome, String) =
      switch try edge.run() {
      case .done(let reason): (.done, reason)
      case .interrupted(let sentence): (.interrupted, sentence)
      case .refused(let sentence): (.refused, sentence)
      case .failed(let sentence): (.failed, sentence)
      }
    notice("finished: \(reason)")
    return WorkerSummary(
      worker: identity.name, coordinator: coordinator, outcome: outcome, reason: reason,
      slices: edge.computedSlices, examples: edge.computedExamples, seconds: seconds(since: began),
      firstFailure: outcome == .failed
        ? edge.cause ?? identity.failure(role: "worker", reason) : nil)
  }
}
