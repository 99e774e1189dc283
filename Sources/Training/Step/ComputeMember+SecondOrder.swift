import Graph
import Kernels
import Optimization
import Search

/// What a compute thread does for the controller's gradient at ξ > 0; the rows of the slice are in
/// `rows` before each call. Nothing is rounded, and running statistics do not follow.
extension ComputeMember {
  /// ∇_W of the training loss of a slice of `step`, into the slot.
  func trainingGradient(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics: Floats, controller: ControllerState
  ) {
    forward(slot, step: step, purpose: .dropout, isProbe: true, dense: dense, statistics)
    workspace.rowGradients = slot.rowGradients
    workspace.denseGradient = slot.denseGradient
    strategy.weigh(
      strategySlice(slot, step: step), controller: controller, into: workspace.outputGradient)
    workspace.backward(dense: dense)
  }

  /// ∇ of the upper objective of a validation slice at W′, into the two vectors; what it says of V
  /// directly, and its sums, into the slot.
  func upperGradient(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics: Floats, controller: ControllerState,
    rowGradients: Floats, denseGradient: Floats
  ) {
    forward(slot, step: step, purpose: .validationDropout, isProbe: true, dense: dense, statistics)
    workspace.rowGradients = rowGradients
    workspace.denseGradient = denseGradient
    strategy.upperGradient(
      strategySlice(slot, step: step), controller: controller, into: workspace.outputGradient)
    workspace.backward(dense: dense)
    if parts.strategy.options.upper.isFixed {
      slot.denseGradient.fill(0)
    } else {
      slot.denseGradient.copy(from: strategy.controllerGradient)
    }
    take(strategy.sums, into: slot)
  }

  /// The path of the controller's gradient through W′, for a training slice and the direction of
  /// `denseMotion` and of the rows in `direction`, into `gradient`; batch statistics of the
  /// controller into `statistics`.
  func implicitGradient(
    _ slot: SliceSlot, step: Int, dense: Floats, statistics running: Floats, denseMotion: Floats,
    factor: Float, controller: ControllerState, into gradient: Floats, statistics: Floats
  ) {
    let velocity = velocity(
      slot, step: step, dense: dense, statistics: running, denseMotion: denseMotion)
    strategy.implicitGradient(
      strategySlice(slot, step: step), velocity: velocity, factor: factor, controller: controller)
    gradient.copy(from: strategy.controllerGradient)
    statistics.copy(from: strategy.batchStatistics)
  }
}
