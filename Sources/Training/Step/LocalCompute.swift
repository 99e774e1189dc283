import Datasets
import Kernels
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
  enum Phase: Int { case read, catchUp, compute, commit, validate, evaluate }

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
  let members: [ComputeMember]
  let scoring: [SliceSlot]
  let validation: BatchSlots?
  let tasks = TaskCounter()
  let unreadSlices = Atomic<Int>(0)
  let errors = PhaseErrors()
  var current: BatchSlots
  var next: BatchSlots
  var reads = Reads()
  var step = 0
  var contributions: [SliceContribution?]
  var scoringTask: ScoringTask?
  private var totals: StrategySums
  private var team: ThreadTeam?

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
    totals = StrategySums(candidateCount: parts.strategy.candidates.count)
    members = (0..<threads).map { _ in ComputeMember(parts: parts, capacity: parts.sliceCapacity) }
    scoring = (0..<threads).map { _ in SliceSlot(parts.scoringSizes) }
    team = ThreadTeam(count: threads) { [unowned self] in perform($1, member: $0) }
  }

  deinit { team?.stop() }

  /// How many threads compute.
  var threads: Int { members.count }

  /// Lets all threads work on one phase; throws the first of their errors.
  func run(_ phase: Phase) throws {
    tasks.reset()
    unreadSlices.store(slices, ordering: .relaxed)
    team?.run(phase.rawValue)
    try errors.rethrow()
    guard phase == .read || phase == .compute else { return }
    if let step = reads.training { next.number = step }
    if let batch = reads.validation { validation?.number = batch }
  }
}

/// What a step is made of.
extension LocalCompute {
  /// The update of the controller that comes before `step`, if one does.
  ///
  /// It is done already where a run goes on that was stopped inside the step.
  func controllerUpdate(at step: Int) -> (batch: Int, isDone: Bool)? {
    let every = parts.configuration.search.every
    guard let controller = parts.controller, step % every == 0 else { return nil }
    return (batch: step / every, isDone: controller.updates > step / every)
  }

  /// What `step` will ask for; nothing beyond the end of the run.
  func reads(for step: Int) -> Reads {
    guard step < source.schedule.totalSteps else { return Reads() }
    return Reads(training: step, validation: controllerUpdate(at: step)?.batch)
  }
}

extension LocalCompute {
  /// Computes and applies training step `step`, and reads the batches that come after it.
  ///
  /// `upcoming` says what the following step will ask for. Returns the sums of its slices.
  func train(step: Int, upcoming: Reads) throws -> StrategySums {
    try read(Reads(training: step, validation: nil))
    self.step = step
    reads = upcoming
    try run(.catchUp)
    try run(.compute)
    for (slice, slot) in current.slices.enumerated() { contributions[slice] = slot.contribution }
    try commit()
    let sums = sum(current)
    swap(&current, &next)
    return sums
  }

  /// Plans the step from contributions that were computed elsewhere.
  func planFromContributions() {
    let none = View<UInt32>(count: 0)
    current.plan.make(contributions.map { $0?.ids ?? none })
  }

  /// Applies `contributions` to the rows of the current plan and ends the step.
  func commit() throws {
    try run(.commit)
    parts.store.finish(contributions)
  }

  /// Updates the controller on validation batch `batch`, at the version of `step`.
  func updateController(step: Int, batch: Int) throws -> StrategySums {
    guard let validation, let controller = parts.controller else {
      preconditionFailure("the strategy has no controller to update")
    }
    try read(Reads(training: nil, validation: batch))
    self.step = step
    try run(.validate)
    for (slice, slot) in validation.slices.enumerated() {
      if let lane = FiniteCheck.firstNonFinite(slot.denseGradient, count: controller.dense.count) {
        throw Failure(
          "the controller's gradient is not finite (element \(lane))",
          at: "step \(step), validation slice \(slice)",
          remedy: "lower search.controller.learningRate, or resume from the last checkpoint",
          exitCode: .internalFault)
      }
    }
    controller.update(
      gradients: validation.slices.map(\.presentGradient),
      statistics: validation.slices.map(\.presentStatistics))
    return sum(validation)
  }

  /// Reads what is asked for and not there yet; the usual step has read it ahead.
  private func read(_ wanted: Reads) throws {
    reads = wanted
    if wanted.training == current.number { reads.training = nil }
    if wanted.validation == validation?.number { reads.validation = nil }
    if reads.training != nil || reads.validation != nil {
      // The first step, or the first after a resume: nothing was read ahead.
      try run(.read)
      if wanted.training != nil { swap(&current, &next) }
    }
  }

  /// Sums over slices, in their order.
  private func sum(_ batch: BatchSlots) -> StrategySums {
    totals.reset()
    for slot in batch.slices { totals.add(slot.sums) }
    return totals
  }
}

extension SliceSlot {
  /// The dense gradient, unless the slice has no rows.
  var presentGradient: Floats? { rows.count > 0 ? denseGradient : nil }
  /// The batch statistics, unless the slice has no rows.
  var presentStatistics: Floats? { rows.count > 0 ? batchStatistics : nil }
}
