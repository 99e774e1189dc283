import Datasets
import Kernels
import Search

/// Carries one training step out: in this process, or on workers.
protocol StepExecutor: AnyObject {
  /// Computes and applies step `step`; returns the sums over its slices in their order.
  func train(step: Int, upcoming: LocalCompute.Reads) throws -> StrategySums
  /// Workers that take part; 0 when this process computes by itself.
  var workers: Int { get }
  /// For how many slices of the run the parameters were 0, 1, 2, … steps old; empty where they
  /// never are.
  var staleness: [Int] { get }
  /// Brings the rows of one or two batches that were read up to date in this process's store.
  func refresh(_ batch: BatchSlots, and other: BatchSlots?) throws
  /// Brings everything up to date in this process's store; returns whether anything had to come
  /// from elsewhere.
  @discardableResult func synchronise() throws -> Bool
  /// Called before the step after which, with `step` steps done, the run is saved beside training.
  func expectSave(after step: Int) throws
  /// What others hold at the present version, on its way while training goes on; nil when
  /// `synchronise` is to bring it, or this process's store has it.
  func capture() throws -> FetchedCapture?
  /// Waits until the controller's gradient that is computed beside steps is kept; returns what was
  /// found on the way, unless it was returned before.
  func settleController() throws -> StrategySums?
  /// Called now and then while this process is busy with `occupation`.
  func attend(_ occupation: String)
  /// Called when a checkpoint has become durable.
  func saved(_ checkpoint: RunCheckpoint)
}

extension StepExecutor {
  var staleness: [Int] { [] }
  // Where this process owns the parameters, its store is them.
  func refresh(_ batch: BatchSlots, and other: BatchSlots?) throws {}
  func synchronise() throws -> Bool { false }
  func expectSave(after step: Int) throws {}
  func capture() throws -> FetchedCapture? { nil }
  func settleController() throws -> StrategySums? { nil }
  // Nobody asks a process that trains by itself.
  func attend(_ occupation: String) {}
  func saved(_ checkpoint: RunCheckpoint) {}
}

extension LocalCompute: StepExecutor {
  var workers: Int { 0 }
  // The gradient is kept with the step beside which it was computed.
  func settleController() throws -> StrategySums? { takeControllerSums() }
}

/// The run from its first step to its last: controller, step, evaluation, checkpoint.
final class Trainer {
  let parts: RunParts
  let compute: LocalCompute
  private let executor: any StepExecutor
  private let dataset: Dataset
  private let checkpoints: CheckpointStore
  private let saver: RunSaver
  private let stop: StopSignal
  private let observer: any RunObserver
  private let schedule: Schedule
  private var early = EarlyStopping()
  private var coverage: Coverage
  private var progress: ProgressMeter
  private var hasToldOfOneClass = false
  /// Answers who asks while the controller is updated; made once, for a step allocates nothing.
  private lazy var answerMeanwhile: () -> Void = { [unowned self] in
    executor.attend("the controller's update")
  }

  init(
    compute: LocalCompute, executor: any StepExecutor, dataset: Dataset,
    checkpoints: CheckpointStore, stop: StopSignal, observer: any RunObserver,
    after stretch: RateDropped? = nil
  ) {
    parts = compute.parts
    self.compute = compute
    self.executor = executor
    self.dataset = dataset
    self.checkpoints = checkpoints
    saver = RunSaver(checkpoints, executor: executor, observer: observer)
    self.stop = stop
    self.observer = observer
    schedule = compute.source.schedule
    coverage = Coverage(epoch: 0, rows: 0, steps: 0, slicesPerStep: 1)
    progress = ProgressMeter(
      parts: parts, schedule: schedule, after: stretch, ages: executor.staleness)
  }

  /// Trains from `position`, or from the start, to the end of the run or a stop; nothing is being
  /// written when it returns or throws. Throws `RateDropped` where the rest of the run is for other
  /// rates than `parts` has.
  func run(from position: CheckpointStore.Position?) throws -> RunSummary {
    do {
      return try train(from: position)
    } catch {
      // What is captured is worth keeping; what ended the run is told by the caller.
      do { try saver.settle() } catch let late {
        observer.observe(.notice("the last checkpoint failed as well: \(late)", .error))
      }
      throw error
    }
  }

  private func train(from position: CheckpointStore.Position?) throws -> RunSummary {
    let first = position?.step ?? 0
    saver.goOn(from: position?.step)
    early = position?.earlyStopping ?? early
    try forgetShorterRun(endingAt: first)
    if goesOn(after: first) { try requireRates() }
    openEpoch(at: first)
    observer.observe(.started(start(from: first)))
    if first == 0, let text = CandidateScales(parts.strategy)?.notice {
      observer.observe(.notice(text))
    }
    progress.begin()
    var step = first
    var stoppedEarly = step > 0 && early.shouldStop(patience: parts.configuration.train.patience)
    while step < schedule.totalSteps, !stoppedEarly {
      if stop.isRequested { return try interrupted(at: step) }
      do {
        try advance(step)
      } catch is StopRequested {
        return try interrupted(at: step)
      } catch let failure as Failure where failure.exitCode == .unavailable {
        // Nothing of the step is applied: what is trained so far is worth keeping.
        try saveUnlessSaved(at: step)
        throw failure
      }
      step += 1
      stoppedEarly = try afterStep(step)
      if goesOn(after: step) { try requireRates() }
    }
    return try finish(at: step, stoppedEarly: stoppedEarly)
  }

  private func goesOn(after step: Int) -> Bool {
    step < schedule.totalSteps && !early.shouldStop(patience: parts.configuration.train.patience)
  }

  /// The rates of all steps to come are tabulated, here and at servers, so others need others.
  private func requireRates() throws {
    guard early.plateauDrops != parts.plateauDrops else { return }
    // The rest goes on from what is saved now: without it the same stretch would be made for ever.
    try saver.settle()
    throw RateDropped(
      drops: early.plateauDrops, seconds: progress.totalSeconds, examples: progress.totalExamples)
  }

  /// One step, after the controller's where it is due.
  private func advance(_ step: Int) throws {
    try updateController(before: step)
    if savesBesideTraining(after: step + 1) { try saver.expect(step + 1) }
    let sums = try executor.train(step: step, upcoming: compute.reads(for: step + 1))
    cover(step) { compute.sliceRows[$0] }
    progress.add(sums, workers: executor.workers, staleness: executor.staleness)
  }

  /// The controller's update that comes before `step`, if one does: from the parameters as they
  /// are or, with a delay, from what they were so many steps ago.
  private func updateController(before step: Int) throws {
    if compute.usesKeptGradient(before: step) {
      try settleController()
      try compute.makeKeptUpdate()
    } else if compute.controllerDelay == 0, let update = compute.controllerUpdate(at: step),
      !update.isDone
    {
      progress.add(
        validation: try compute.updateController(
          step: step, batch: update.batch, pause: answerMeanwhile, refresh: executor.refresh))
    }
  }

  private func settleController() throws {
    if let sums = try executor.settleController() { progress.add(validation: sums) }
  }

  private func afterStep(_ done: Int) throws -> Bool {
    try saver.collect()
    let endsEpoch = schedule.endsEpoch(after: done)
    let evaluates = schedule.evaluates(after: done)
    if let event = progress.event(after: done, force: endsEpoch || evaluates) {
      observer.observe(.progress(event))
    }
    if let point = progress.point(after: done, force: endsEpoch || evaluates) {
      observer.observe(.point(point))
    }
    if endsEpoch {
      observer.observe(.epochFinished(coverage.report))
      try requireExactCoverage()
      openEpoch(at: done)
    }
    var stops = false
    if evaluates {
      stops = try evaluate(after: done)
    } else if saver.isDue(after: done) {
      try save(at: done, as: [.latest])
    }
    return stops
  }
}

/// Evaluation and early stopping.
extension Trainer {
  private func evaluate(after step: Int) throws -> Bool {
    guard dataset.rowCount(of: .validation) > 0 else {
      try save(at: step, as: [.latest])
      return false
    }
    let began = ContinuousClock.now
    try executor.synchronise()
    let result = try compute.evaluate(dataset, split: .validation) { [executor] in
      executor.attend("the evaluation after step \(step)")
    }
    let evaluation = early.record(
      RunEvaluation(
        step: step, epoch: schedule.place(of: step - 1).epoch, auc: result.auc,
        weightedAUC: result.weightedAUC, accuracy: result.accuracy, logloss: result.logloss,
        scaledLogloss: result.scaledLogloss?.finite,
        calibrationError: result.calibrationError.finite, reliability: result.reliability,
        rows: result.rows, seconds: seconds(since: began), isBest: false),
      plateauFactor: parts.configuration.train.plateauFactor)
    observer.observe(.evaluated(evaluation))
    if evaluation.auc.isNaN, evaluation.logloss.isFinite { tellOfOneClass() }
    try save(at: step, as: evaluation.isBest ? [.latest, .best] : [.latest])
    return early.shouldStop(patience: parts.configuration.train.patience)
  }

  private func tellOfOneClass() {
    guard !hasToldOfOneClass else { return }
    hasToldOfOneClass = true
    observer.observe(
      .notice(
        "all validation rows have the same label, so AUC is undefined and the best model is the "
          + "one of the lowest logloss"))
  }

  /// Takes back the evaluation that a shorter run ended with, where a run of this length has none:
  /// a run that was ended by a limit and goes on must find the model of one that was not.
  private func forgetShorterRun(endingAt step: Int) throws {
    guard step < schedule.totalSteps, !schedule.evaluates(after: step) else { return }
    early.forget(evaluationAfter: step)
    if let best = early.best {
      try checkpoints.folder.set(.best, toStep: best.step)
    } else {
      try checkpoints.folder.remove(.best)
    }
  }
}

/// Coverage: every example once an epoch.
extension Trainer {
  private func openEpoch(at step: Int) {
    let place = schedule.place(of: step)
    coverage = Coverage(
      epoch: place.epoch, rows: compute.source.rows, steps: schedule.stepsPerEpoch,
      slicesPerStep: compute.slices)
    // The steps before are in the checkpoint that the run goes on from.
    for done in (step - place.step)..<step {
      cover(done) { compute.source.rowCount(step: done, slice: $0) }
    }
  }

  private func cover(_ step: Int, rows: (_ slice: Int) -> Int) {
    for slice in 0..<compute.slices {
      coverage.apply(step: schedule.place(of: step).step, slice: slice, rows: rows(slice))
    }
  }

  private func requireExactCoverage() throws {
    let report = coverage.report
    guard !report.isExact else { return }
    throw Failure(
      "epoch \(report.epoch) did not use every example once: \(report.seen) of \(report.rows) rows",
      remedy: "this is a fault of autoloss; please report it with the run folder",
      exitCode: .internalFault)
  }
}

/// Checkpoints and the end.
extension Trainer {
  private func save(at step: Int, as pointers: [RunFolder.Pointer]) throws {
    let began = ContinuousClock.now
    // A gradient that waits for its step is part of the state.
    try settleController()
    let place = schedule.place(of: step)
    try saver.save(
      CheckpointStore.Position(
        step: step, epoch: place.epoch, appliedStepsOfEpoch: place.step, earlyStopping: early),
      as: pointers, since: began)
    progress.begin()
  }

  /// Saves a step that was not finished. Where the run stood before it may be saved already,
  /// perhaps as the best model: that stays as it is, although the controller may have moved since.
  /// It moves again, by the same bits, when the run goes on.
  private func saveUnlessSaved(at step: Int) throws {
    try saver.settle()
    if saver.step == step {
      try checkpoints.folder.set(.latest, toStep: step)
    } else {
      try save(at: step, as: [.latest])
      try saver.settle()
    }
  }

  /// Whether the run goes on while it is saved with `step` steps done: what an evaluation has
  /// brought here, and what is left at the end, needs no capture.
  private func savesBesideTraining(after step: Int) -> Bool {
    guard step < schedule.totalSteps else { return false }
    return schedule.evaluates(after: step)
      ? dataset.rowCount(of: .validation) == 0 : saver.isDue(after: step)
  }

  private func interrupted(at step: Int) throws -> RunSummary {
    // The summary has the checksum of all parameters, so they are needed here anyway.
    try executor.synchronise()
    try saveUnlessSaved(at: step)
    let summary = summary(at: step, interrupted: true, stoppedEarly: false)
    observer.observe(.finished(summary))
    return summary
  }

  /// Restores the best model, if it is not the last, and names it the run's result.
  private func finish(at step: Int, stoppedEarly: Bool) throws -> RunSummary {
    let best = early.best?.step ?? step
    if best == step { try executor.synchronise() }
    if best == step, saver.step != step { try save(at: step, as: [.latest]) }
    try saver.settle()
    if best != step { _ = try checkpoints.load(step: best) }
    try checkpoints.folder.publishController(step: best)
    try checkpoints.folder.set(.final, toStep: best)
    let summary = summary(at: step, interrupted: false, stoppedEarly: stoppedEarly)
    observer.observe(.finished(summary))
    return summary
  }

  private func summary(at step: Int, interrupted: Bool, stoppedEarly: Bool) -> RunSummary {
    RunSummary(
      step: step, epochs: step == 0 ? 0 : schedule.place(of: step - 1).epoch + 1,
      interrupted: interrupted, stoppedEarly: stoppedEarly, checksum: parts.checksum(),
      best: early.best, seconds: progress.totalSeconds, examples: progress.totalExamples,
      staleness: Staleness(executor.staleness))
  }

  private func start(from step: Int) -> RunStart {
    let cluster = parts.configuration.cluster
    return RunStart(
      model: parts.configuration.model.name.rawValue, parameters: parts.parameterCount,
      strategy: parts.strategy.name, rows: compute.source.rows,
      stepsPerEpoch: schedule.stepsPerEpoch, totalSteps: schedule.totalSteps,
      batchSize: parts.configuration.train.batchSize, slices: compute.slices,
      threads: compute.threads, firstStep: step, blasKernel: BlasSetup.current().core,
      pullValues: cluster.pullValues == .fp32 ? nil : cluster.pullValues.rawValue,
      pushValues: cluster.pushValues == .fp32 ? nil : cluster.pushValues.rawValue,
      classes: parts.strategy.classes)
  }
}

/// Seconds of wall time since `instant`.
func seconds(since instant: ContinuousClock.Instant) -> Double { seconds(from: instant, to: .now) }

/// Seconds of wall time between two instants.
func seconds(from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Double {
  let duration = (end - begin).components
  return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}
