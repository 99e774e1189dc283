import Kernels
import Optimization
import Search

/// The controller's gradient at ξ > 0: what is lowered is the upper objective after a step of the
/// network that is made for trial, W′ = W − ξ ∇_W L_train.
///
/// Source: Zhao et al., KDD 2021, eq. 13; Liu et al., DARTS, ICLR 2019. The step is plain gradient
/// descent on the batch of the step that follows, or what Adam would make of its gradient g from
/// the moments that it has: W′ = W − ξ u(g). Then v is multiplied by ∂u/∂g. Where training bounds
/// the gradients of rows, g is bounded first, by factors that v is multiplied by as well: that they
/// depend on V themselves is left out.
///
/// Each stage is tasks for the threads, then a few sums by one of them. The table is never copied:
/// W′ and the direction are the rows of a batch, and the overlay of another's.
final class VirtualStep: @unchecked Sendable {
  // Unchecked: the driving thread alone changes what is `var`, and only between stages.

  /// What the threads do, one after the other.
  enum Stage { case train, sumTrain, upper, sumUpper, implicit }

  /// The stages in their order.
  static let stages: [Stage] = [.train, .sumTrain, .upper, .sumUpper, .implicit]

  private let parts: RunParts
  private let slices: Int
  private let size: Float
  private let lists: Buffers
  private let training: RowOverlay
  private let upper: RowOverlay
  /// The dense gradient of the last sum.
  private let gradient: Floats
  /// The dense part of W′.
  private let moved: Floats
  /// ∂u/∂g of the dense parameters, where the step is Adam's.
  private let slopes: Floats?

  /// Memory of each slice.
  private struct Buffers {
    var rowGradients: [Floats]
    var denseGradients: [Floats]
    var controllerGradients: [Floats]
    var statistics: [Floats]
  }

  /// Memory for a run; nil for strategies that do not look ahead.
  init?(_ parts: RunParts, slices: Int) {
    guard parts.strategy.looksAhead, let program = parts.strategy.controller else { return nil }
    self.parts = parts
    self.slices = slices
    size = parts.strategy.options.virtualStep
    let features = parts.sliceCapacity * parts.schema.rowsPerExample
    let (width, count) = (parts.program.rowWidth, parts.program.denseCount)
    func many(_ count: Int) -> [Floats] { (0..<slices).map { _ in Floats(count: count) } }
    lists = Buffers(
      rowGradients: many(features * width), denseGradients: many(count),
      controllerGradients: many(program.denseCount), statistics: many(program.statisticsCount))
    let rowCount = parts.schema.rowCount
    let capacity = min(rowCount, features * slices)
    let isAdam = parts.configuration.search.virtualRule == .adam
    slopes = isAdam ? Floats(count: count) : nil
    training = RowOverlay(
      rowCount: rowCount, capacity: capacity, width: width, hasFactors: isAdam,
      isBounded: parts.configuration.gradientClip != nil)
    upper = RowOverlay(rowCount: rowCount, capacity: capacity, width: width)
    (gradient, moved) = (Floats(count: count), Floats(count: count))
  }

  /// How many tasks a stage has.
  func tasks(_ stage: Stage, chunks: Int) -> Int {
    switch stage {
    case .train, .upper, .implicit: slices
    case .sumTrain, .sumUpper: chunks
    }
  }

  /// Before a stage, on the driving thread.
  func prepare(_ stage: Stage, _ batch: BatchSlots, _ validation: BatchSlots) {
    switch stage {
    case .train, .upper, .implicit: break
    case .sumTrain: training.turn(to: batch.plan)
    case .sumUpper:
      validation.makePlan()
      upper.turn(to: validation.plan)
    }
  }

  /// After the last stage, on the driving thread.
  func end() {
    training.clear()
    upper.clear()
  }

  /// The controller's gradient and batch statistics of a slice; nil where it has no rows.
  func result(
    _ slice: Int, _ batch: BatchSlots, _ validation: BatchSlots
  ) -> (gradient: Floats, statistics: Floats)? {
    guard batch.slices[slice].rows.count + validation.slices[slice].rows.count > 0 else {
      return nil
    }
    return (lists.controllerGradients[slice], lists.statistics[slice])
  }
}

/// The tasks.
extension VirtualStep {
  /// Does one task of a stage.
  func perform(
    _ stage: Stage, task: Int, of chunks: Int, step: Int, _ member: ComputeMember,
    _ batch: BatchSlots, _ validation: BatchSlots
  ) {
    switch stage {
    case .train: train(batch.slices[task], step, member)
    case .sumTrain:
      sum(batch.plan, chunk: task, of: chunks, rows: training.sums) {
        let slot = batch.slices[$0]
        return slot.rows.count > 0 ? (rows: slot.rowGradients, dense: slot.denseGradient) : nil
      }
      bound(batch, chunk: task, of: chunks)
      let range = ChunkRange.range(count: gradient.count, chunk: task, of: chunks)
      if let slopes { tryStep(batch.plan, task, chunks, range, slopes) }
      for place in range {
        moved[place] = parts.store.dense.weights[place] - size * gradient[place]
      }
    case .upper: findUpper(validation.slices[task], task, step, member)
    case .sumUpper:
      sum(validation.plan, chunk: task, of: chunks, rows: upper.sums) {
        validation.slices[$0].rows.count > 0
          ? (rows: lists.rowGradients[$0], dense: lists.denseGradients[$0]) : nil
      }
      if let slopes {
        for place in ChunkRange.range(count: gradient.count, chunk: task, of: chunks) {
          gradient[place] *= slopes[place]
        }
      }
    case .implicit: findImplicit(batch.slices[task], validation.slices[task], task, step, member)
    }
  }

  private func train(_ slot: SliceSlot, _ step: Int, _ member: ComputeMember) {
    guard let controller = parts.controller else { return }
    parts.store.peek(slot.unique, into: member.rows)
    member.trainingGradient(
      slot, step: step, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      controller: controller.state)
  }

  private func findUpper(_ slot: SliceSlot, _ slice: Int, _ step: Int, _ member: ComputeMember) {
    guard let controller = parts.controller else { return }
    parts.store.peek(slot.unique, into: member.rows)
    training.add(-size, to: member.rows, ids: slot.unique)
    member.upperGradient(
      slot, step: step, dense: moved, statistics: parts.store.statistics,
      controller: controller.state, rowGradients: lists.rowGradients[slice],
      denseGradient: lists.denseGradients[slice])
  }

  private func findImplicit(
    _ slot: SliceSlot, _ validation: SliceSlot, _ slice: Int, _ step: Int, _ member: ComputeMember
  ) {
    guard let controller = parts.controller, let direction = member.direction else { return }
    parts.store.peek(slot.unique, into: member.rows)
    direction.rows.slice(0, slot.unique.count * parts.program.rowWidth).fill(0)
    upper.add(1, to: direction.rows, ids: slot.unique)
    training.scale(direction.rows, ids: slot.unique)
    // Of a fixed objective all of the gradient comes through W′, and ξ, which Adam's steps do not
    // depend on, is left out.
    member.implicitGradient(
      slot, step: step, dense: parts.store.dense.weights, statistics: parts.store.statistics,
      denseMotion: self.gradient, factor: parts.strategy.options.upper.isFixed ? 1 : size,
      controller: controller.state, into: lists.controllerGradients[slice],
      statistics: lists.statistics[slice])
    let gradient = lists.controllerGradients[slice]
    for place in 0..<gradient.count { gradient[place] += validation.denseGradient[place] }
  }

  /// Bounds the summed gradients of a chunk's rows where the step of training would.
  private func bound(_ batch: BatchSlots, chunk: Int, of chunks: Int) {
    guard let (factors, counts) = training.bounds else { return }
    let (plan, rows) = (batch.plan, parts.store.rows)
    let range = plan.range(chunk: chunk, of: chunks)
    RowPlaces.sum(range: range, positions: plan.positions, slices: slices, into: counts) {
      batch.slices[$0].occurrences
    }
    rows.kernel.bound(
      rows.memory, ids: plan.ids, range: range, version: parts.store.version, counts: counts,
      gradients: training.sums, factors: factors)
  }

  /// Turns the summed gradients of a chunk into what Adam would make of them.
  private func tryStep(
    _ plan: StepPlan, _ chunk: Int, _ chunks: Int, _ range: Range<Int>, _ slopes: Floats
  ) {
    let (store, kernel) = (parts.store, parts.store.rows.kernel)
    if let factors = training.factors {
      kernel.tryStep(
        store.rows.memory, ids: plan.ids, range: plan.range(chunk: chunk, of: chunks),
        version: store.version, moves: training.sums, slopes: factors)
    }
    kernel.tryStep(
      weights: store.dense.weights, state: store.dense.state, range: range,
      version: store.version, moves: gradient, slopes: slopes)
  }

  private func sum(
    _ plan: StepPlan, chunk: Int, of chunks: Int, rows: Floats,
    _ slot: (_ slice: Int) -> (rows: Floats, dense: Floats)?
  ) {
    parts.store.rows.kernel.sum(
      range: plan.range(chunk: chunk, of: chunks), positions: plan.positions, slices: slices,
      into: rows
    ) { slot($0)?.rows }
    let range = ChunkRange.range(count: gradient.count, chunk: chunk, of: chunks)
    GradientTree.sum(slices: slices, range: range, into: gradient) { slot($0)?.dense }
  }
}
