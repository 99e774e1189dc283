import Graph
import Kernels
import Optimization
import Search

/// What one compute thread works with: the memory of the network and of the strategy.
final class ComputeMember {
  /// Finds the different rows of a slice.
  let index: SliceIndex
  let parts: RunParts
  let workspace: Workspace
  /// How the network moves along a direction, where a strategy asks for it.
  let direction: Workspace?
  let strategy: StrategyWorkspace
  private let rounding: ValueRounding
  /// Where a slice is a task of meta-learning.
  let meta: MetaStep?
  /// Where W's batch statistics of probes go: running ones follow training only.
  private let unusedStatistics: Floats

  /// Memory for slices of at most `capacity` rows; `looksAhead`: for the controller's updates too,
  /// which workers and who only predicts never make.
  init(parts: RunParts, capacity: Int, looksAhead: Bool = false) {
    self.parts = parts
    index = SliceIndex(
      rowCount: parts.schema.rowCount, maximumIds: capacity * parts.schema.columnCount)
    workspace = Workspace(program: parts.program, maximumRows: capacity)
    let asksForMotion =
      looksAhead && parts.strategy.looksAhead || parts.strategy.localRate != nil
    direction =
      asksForMotion ? Workspace(program: parts.program, maximumRows: capacity) : nil
    strategy = StrategyWorkspace(
      strategy: parts.strategy, maximumRows: capacity, looksAhead: looksAhead)
    rounding = ValueRounding(parts: parts)
    meta = MetaStep(parts: parts, capacity: capacity)
    unusedStatistics = Floats(count: parts.program.statisticsCount)
  }

  /// Where the rows of a slice go before it is computed, [different rows × row width].
  var rows: Floats { workspace.rows }

  /// Forward, losses and backward of a training slice whose rows are in `rows`; leaves gradients
  /// and sums in the slot. Parameters and gradients are rounded as the configuration says.
  ///
  /// `dense`, `statistics` and `controller` are the parameters at the version of `step`.
  func train(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics: Floats, controller: ControllerState?
  ) {
    rounding.round(rows: rows.slice(0, slot.unique.count * parts.program.rowWidth))
    let dense = rounding.rounded(dense: dense)
    let controller = rounding.rounded(controller: controller)
    forward(slot, step: step, purpose: .dropout, dense: dense, statistics)
    workspace.rowGradients = slot.rowGradients
    workspace.denseGradient = slot.denseGradient
    let slice = strategySlice(slot, step: step)
    if let meta {
      meta.train(slot, slice, workspace, strategy, dense: dense, controller: controller) {
        forward(slot, step: step, purpose: .dropout, isProbe: true, dense: $0, statistics)
      } velocity: {
        velocity(slot, step: step, dense: dense, statistics: statistics, denseMotion: $0)
      }
    } else {
      strategy.weigh(slice, controller: controller, into: workspace.outputGradient)
      workspace.backward(dense: dense)
    }
    rounding.roundGradients(of: slot, step: step)
    take(strategy.sums, into: slot)
  }

  /// Forward of a validation slice and the gradient of V; leaves V's gradient and the controller's
  /// batch statistics in the slot.
  func validate(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics: Floats, controller: ControllerState
  ) {
    forward(slot, step: step, purpose: .validationDropout, isProbe: true, dense: dense, statistics)
    strategy.validationGradient(strategySlice(slot, step: step), controller: controller)
    slot.denseGradient.copy(from: strategy.controllerGradient)
    slot.batchStatistics.copy(from: strategy.batchStatistics)
    take(strategy.sums, into: slot)
  }

  /// Logits of a slot's rows in evaluation mode, one a row or K; valid until the next call.
  func logits(_ slot: SliceSlot, dense: Floats, statistics: Floats) -> Floats {
    workspace.rowIndex = slot.rowIndex
    workspace.forward(
      rows: slot.rows.count, uniqueRows: slot.unique.count, dense: dense, statistics: statistics,
      mode: .evaluation)
    return workspace.outputs.slice(0, slot.rows.count * parts.program.outputWidth)
  }

  /// A forward in training mode; the running statistics do not follow one that is a probe.
  func forward(
    _ slot: SliceSlot, step: Int, purpose: Purpose, isProbe: Bool = false, dense: Floats,
    _ statistics: Floats
  ) {
    workspace.rowIndex = slot.rowIndex
    workspace.batchStatistics = isProbe ? unusedStatistics : slot.batchStatistics
    workspace.forward(
      rows: slot.rows.count, uniqueRows: slot.unique.count, dense: dense, statistics: statistics,
      mode: mode(slot, step, purpose))
  }

  /// How fast the logits of a training slice move when the dense parameters move by `denseMotion`
  /// and its rows by those of `direction`; the logits themselves are left in the workspace.
  func velocity(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics: Floats, denseMotion: Floats
  ) -> Floats {
    guard let direction else { preconditionFailure("no memory for how the network moves") }
    workspace.rowIndex = slot.rowIndex
    workspace.batchStatistics = unusedStatistics
    workspace.forward(
      rows: slot.rows.count, uniqueRows: slot.unique.count, dense: dense, statistics: statistics,
      mode: mode(slot, step, .dropout), along: direction, denseMotion: denseMotion)
    return direction.outputs
  }

  private func mode(_ slot: SliceSlot, _ step: Int, _ purpose: Purpose) -> Mode {
    let dropout = Randomness(
      seed: parts.configuration.seed, purpose: purpose, step: UInt64(step))
    return .training(dropout: dropout, firstExample: slot.firstExample)
  }

  func strategySlice(_ slot: SliceSlot, step: Int) -> StrategySlice {
    StrategySlice(
      logits: workspace.outputs, labels: slot.rows.labels, rows: slot.rows.count,
      batchRows: slot.batchRows, seed: parts.configuration.seed, step: step,
      firstExample: slot.firstExample)
  }

  /// Copies sums without giving up the slot's memory.
  func take(_ sums: StrategySums, into slot: SliceSlot) {
    slot.sums.reset()
    slot.sums.add(sums)
  }
}
