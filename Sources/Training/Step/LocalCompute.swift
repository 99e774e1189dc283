import Datasets
import Kernels
import Objectives
import Optimization
import Search
import Synchronization

/// The compute threads of this process and the memory of the steps that they work on.
///
/// A step has three phases with a barrier after each: the step's rows are caught up, slices are
/// computed (and the next batch is read), gradients are applied. Which thread takes which task is
/// left to a counter and changes no bit.
final class LocalCompute: @unchecked Sendable {
  // Unchecked: the driving thread alone changes what is `var`, and only between phases.

  /// What the threads are told to do.
  private enum Phase: Int {
    case read, catchUp, compute, commit, validate, lookAhead, copy, evaluate
  }

  /// What is read in a phase, beside other work: the batch of a step and a validation batch.
  struct Reads {
    var training: Int?
    var validation: Int?
  }

  /// Parameters and network.
  let parts: RunParts
  /// Where batches come from.
  let source: BatchSource
  /// M, the slices of a batch.
  let slices: Int
  /// The validation batch that was read last; nil without a controller.
  let validation: BatchSlots?
  /// The batch of the step, and the one that is read ahead.
  private(set) var current: BatchSlots
  private(set) var next: BatchSlots
  /// How many examples each slice of the last step had.
  private(set) var sliceRows: [Int]
  private var contributions: [SliceContribution?]
  private let members: [ComputeMember]
  private let scoring: [SliceSlot]
  private let tasks = TaskCounter()
  private let unreadSlices = Atomic<Int>(0)
  private let errors = PhaseErrors()
  private var reads = Reads()
  private var step = 0
  /// Whether the step's compute phase has the controller's gradient beside it.
  private var validates = false
  /// Whether the sums of a gradient that was computed beside a step have not been taken.
  private var hasControllerSums = false
  /// The controller's gradient where it looks ahead, and how far that is.
  private let virtualStep: VirtualStep?
  private var stage = VirtualStep.Stage.train
  /// Where the validation batch's rows are copied to.
  private var snapshot: ValidationSnapshot?
  private var scoringTask: ScoringTask?
  private var totals: StrategySums
  private var team: ThreadTeam?
  /// What the driving thread does between two tasks that nobody else waits for.
  private var pause: (() -> Void)?

  /// Reserves all memory and starts `threads − 1` threads.
  init(parts: RunParts, source: BatchSource, threads: Int) {
    self.parts = parts
    self.source = source
    let slices = parts.configuration.train.slices
    self.slices = slices
    let stamps = StampTable(idCount: parts.schema.rowCount)
    current = BatchSlots(slices: slices, sizes: parts.trainingSizes, stamps: stamps)
    next = BatchSlots(slices: slices, sizes: parts.trainingSizes, stamps: stamps)
    validation = parts.validationSizes.map {
      BatchSlots(slices: slices, sizes: $0, stamps: stamps)
    }
    contributions = Array(repeating: nil, count: slices)
    sliceRows = Array(repeating: 0, count: slices)
    virtualStep = VirtualStep(parts, slices: slices)
    totals = parts.strategy.noSums
    members = (0..<threads).map { _ in
      ComputeMember(parts: parts, capacity: parts.sliceCapacity, looksAhead: true)
    }
    scoring = (0..<threads).map { _ in SliceSlot(parts.scoringSizes) }
    team = ThreadTeam(count: threads) { [unowned self] in perform($1, member: $0) }
  }

  deinit { team?.stop() }

  /// How many threads compute.
  var threads: Int { members.count }
}

/// What is done in this process: steps, updates of the controller, evaluations.
extension LocalCompute {
  /// Computes and applies training step `step`, and reads the batches that come after it.
  ///
  /// `upcoming` says what the following step will ask for. Returns the sums of its slices. The
  /// controller's gradient that belongs beside the step is computed as well, and kept.
  func train(step: Int, upcoming: Reads) throws -> StrategySums {
    let batch = validationBatch(beside: step)
    try read(Reads(training: step, validation: batch))
    self.step = step
    validates = batch != nil
    reads = upcoming
    try run(.catchUp)
    try run(.compute)
    if validates { keepControllerGradient(of: step) }
    for (slice, slot) in current.slices.enumerated() {
      contributions[slice] = slot.contribution
      sliceRows[slice] = slot.contribution.rows
    }
    try commit()
    let sums = sum(current)
    parts.learn(from: sums)
    swap(&current, &next)
    return sums
  }

  /// Notes a step that was computed and applied elsewhere: how many examples each slice had.
  func note(rows: [Int]) { sliceRows = rows }

  /// Updates the controller on validation batch `batch`, at the version of `step`; `refresh` brings
  /// the rows of one or two batches up to date once they are known, and the calling thread does
  /// `pause` now and then.
  func updateController(
    step: Int, batch: Int, pause: (() -> Void)? = nil,
    refresh: (BatchSlots, BatchSlots?) throws -> Void = { _, _ in }
  ) throws -> StrategySums {
    defer { self.pause = nil }
    guard let validation, let controller = parts.controller else {
      preconditionFailure("the strategy has no controller to update")
    }
    if let virtualStep {
      return try lookAhead(virtualStep, step, batch, validation, controller, pause, refresh)
    }
    try read(Reads(training: nil, validation: batch))
    try refresh(validation, nil)
    self.pause = pause
    self.step = step
    try run(.validate)
    for (slice, slot) in validation.slices.enumerated() {
      if let lane = FiniteCheck.firstNonFinite(slot.denseGradient, count: controller.dense.count) {
        throw controllerFailure(lane, at: "step \(step), validation slice \(slice)")
      }
    }
    controller.update(slices: slices) { validationGradient($0) }
    return sum(validation)
  }

  /// The same at ξ > 0, from the batch of `step` as well.
  private func lookAhead(
    _ virtualStep: VirtualStep, _ step: Int, _ batch: Int, _ validation: BatchSlots,
    _ controller: ControllerParameters, _ pause: (() -> Void)?,
    _ refresh: (BatchSlots, BatchSlots?) throws -> Void
  ) throws -> StrategySums {
    try read(Reads(training: step, validation: batch))
    try refresh(validation, current)
    self.pause = pause
    self.step = step
    for stage in VirtualStep.stages {
      virtualStep.prepare(stage, current, validation)
      self.stage = stage
      try run(.lookAhead)
    }
    virtualStep.end()
    for slice in 0..<slices {
      guard let result = virtualStep.result(slice, current, validation) else { continue }
      if let lane = FiniteCheck.firstNonFinite(result.gradient, count: controller.dense.count) {
        throw controllerFailure(lane, at: "step \(step), slice \(slice)")
      }
    }
    controller.update(slices: slices) { virtualStep.result($0, current, validation) }
    return sum(validation)
  }

  /// Copies what the gradient of the controller on validation batch `batch` is computed from, at
  /// the present version; `refresh` as in `updateController`.
  func copyValidation(
    batch: Int, into snapshot: ValidationSnapshot,
    refresh: (BatchSlots, BatchSlots?) throws -> Void
  ) throws {
    guard let validation else { preconditionFailure("the strategy has no validation batches") }
    try read(Reads(training: nil, validation: batch))
    try refresh(validation, nil)
    self.snapshot = snapshot
    defer { self.snapshot = nil }
    try run(.copy)
    snapshot.dense.copy(from: parts.store.dense.weights)
    snapshot.statistics.copy(from: parts.store.statistics)
  }

  /// Keeps the gradient that the slices of the validation batch hold, computed at the version of
  /// `step`, for `makeKeptUpdate`.
  func keepControllerGradient(of step: Int) {
    parts.controller?.keep(step: step, slices: slices) { validationGradient($0) }
    hasControllerSums = true
  }

  /// Updates the controller from the gradient that was kept.
  func makeKeptUpdate() throws {
    guard let controller = parts.controller, let pending = controller.pending else {
      throw Failure(
        "the gradient for the controller's update is missing",
        remedy: "resume from an older checkpoint, and report this with the run folder",
        exitCode: .internalFault)
    }
    if let lane = FiniteCheck.firstNonFinite(controller.gradient, count: controller.dense.count) {
      throw controllerFailure(lane, at: "step \(pending.step), validation batch")
    }
    controller.makePending()
  }

  /// The sums of the gradient that was kept last, unless they were taken before.
  func takeControllerSums() -> StrategySums? {
    guard hasControllerSums, let validation else { return nil }
    hasControllerSums = false
    return sum(validation)
  }

  private func controllerFailure(_ lane: Int, at place: String) -> Failure {
    Failure(
      "the controller's gradient is not finite (element \(lane))", at: place,
      remedy: "lower search.controller.learningRate"
        + (parts.strategy.looksAhead ? " or search.virtualStep" : "")
        + ", or resume from the last checkpoint",
      exitCode: .internalFault)
  }

  private func validationGradient(_ slice: Int) -> (gradient: Floats, statistics: Floats)? {
    guard let slot = validation?.slices[slice], slot.rows.count > 0 else { return nil }
    return (slot.denseGradient, slot.batchStatistics)
  }

  /// Metrics of the model at its present version on a split; the calling thread does `pause`
  /// between two of its batches.
  func evaluate(
    _ dataset: Dataset, split: Split, pause: (() -> Void)? = nil
  ) throws -> Quality {
    let task = ScoringTask(dataset: dataset, split: split, batchSize: parts.sliceCapacity)
    scoringTask = task
    self.pause = pause
    defer { (scoringTask, self.pause) = (nil, nil) }
    try run(.evaluate)
    return task.result()
  }

  /// Applies `contributions` to the rows of the current plan and ends the step.
  private func commit() throws {
    try run(.commit)
    parts.store.finish(contributions)
  }

  /// Sums over slices, in their order.
  private func sum(_ batch: BatchSlots) -> StrategySums {
    totals.reset()
    for slot in batch.slices { totals.add(slot.sums) }
    return totals
  }
}

/// The tasks of each phase, taken by the threads one by one.
extension LocalCompute {
  /// Pieces that a catch-up or commit is cut into: enough for an even load on many threads.
  private var chunks: Int { threads * 4 }

  /// Lets all threads work on one phase; throws the first of their errors.
  private func run(_ phase: Phase) throws {
    tasks.reset()
    unreadSlices.store(slices, ordering: .relaxed)
    team?.run(phase.rawValue)
    try errors.rethrow()
    guard phase == .read || phase == .compute else { return }
    if let step = reads.training { next.number = step }
    if let batch = reads.validation { validation?.number = batch }
  }

  /// Works as `member` until the phase has no task left.
  private func perform(_ phase: Int, member: Int) {
    guard let phase = Phase(rawValue: phase) else { preconditionFailure("no phase \(phase)") }
    let count = taskCount(phase)
    while let task = tasks.take(below: count) {
      errors.catching(task: task) { try perform(phase, task: task, member: member) }
      // Member 0 is the thread that drives the run.
      if member == 0 { pause?() }
    }
  }

  /// Slices of the step and, after them, those of the validation batch beside it.
  private var computations: Int { validates ? 2 * slices : slices }

  private func taskCount(_ phase: Phase) -> Int {
    switch phase {
    case .read: readCount
    case .catchUp, .commit: chunks
    case .compute: computations + readCount
    case .validate, .copy: slices
    case .lookAhead: virtualStep?.tasks(stage, chunks: chunks) ?? 0
    case .evaluate: scoringTask?.batches ?? 0
    }
  }

  private func perform(_ phase: Phase, task: Int, member: Int) throws {
    let worker = members[member]
    switch phase {
    case .read: try read(task, worker)
    case .catchUp: parts.store.catchUp(current.plan, chunk: task, of: chunks)
    case .commit: parts.store.commit(current.plan, contributions, chunk: task, of: chunks)
    case .compute:
      if task < slices {
        try train(task, worker)
      } else if task < computations {
        validate(task - slices, worker)
      } else {
        try read(task - computations, worker)
      }
    case .validate: validate(task, worker)
    case .lookAhead:
      if let virtualStep, let validation {
        virtualStep.perform(
          stage, task: task, of: chunks, step: step, worker, current, validation)
      }
    case .copy:
      if let snapshot, let slot = validation?.slices[task] {
        parts.store.peek(slot.unique, into: snapshot.rows[task])
      }
    case .evaluate: try scoringTask?.score(task, slot: scoring[member], worker, parts.store)
    }
  }

  private func train(_ slice: Int, _ worker: ComputeMember) throws {
    let slot = current.slices[slice]
    let store = parts.store
    store.read(slot.unique, into: worker.rows)
    worker.train(
      slot, step: step, dense: store.dense.weights, statistics: store.statistics,
      controller: parts.controller?.state)
    do {
      try store.validate(slot.contribution, step: step, slice: slice)
    } catch {
      throw Failure(error, source.rowNames)
    }
  }

  private func validate(_ slice: Int, _ worker: ComputeMember) {
    guard let slot = validation?.slices[slice], let controller = parts.controller else { return }
    let store = parts.store
    store.peek(slot.unique, into: worker.rows)
    worker.validate(
      slot, step: step, dense: store.dense.weights, statistics: store.statistics,
      controller: controller.state)
  }
}

/// Reading ahead.
extension LocalCompute {
  /// Tasks: slices of the next batch, then slices of the next validation batch.
  private var readCount: Int {
    (reads.training == nil ? 0 : slices) + (reads.validation == nil ? 0 : slices)
  }

  /// Reads what is asked for and not there yet; the usual step has read it ahead.
  private func read(_ wanted: Reads) throws {
    reads = wanted
    if wanted.training == current.number { reads.training = nil }
    if wanted.validation == validation?.number { reads.validation = nil }
    if reads.training != nil || reads.validation != nil {
      // The first step, or the first after a resume: nothing was read ahead.
      let isStepRead = reads.training != nil
      try run(.read)
      if isStepRead { swap(&current, &next) }
    }
  }

  private func read(_ task: Int, _ worker: ComputeMember) throws {
    if let step = reads.training, task < slices {
      try source.readTraining(
        step: step, slice: task, into: next.slices[task], index: worker.index)
      if unreadSlices.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        next.makePlan()
      }
    } else if let batch = reads.validation, let validation {
      let slice = task % slices
      try source.readValidation(
        batch: batch, slice: slice, into: validation.slices[slice], index: worker.index)
    }
  }
}
