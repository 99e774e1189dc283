import Kernels
import Objectives

/// The parts of the controller's gradient at ξ > 0.
///
/// With W′ = W − ξ ∇_W L_train and the upper objective L, the path through W′ is
/// −ξ d/dε ∂_V L_train at logits z + ε ż, where ż_b is the derivative of the training logits at W
/// along v = ∇_{W′} L: exact, without any Hessian of the network. Where ŷ is detached this is
/// −ξ ∂_V (1/B) Σ_b Σ_i p_bi(V) ⟨∂ℓ_bi/∂z_b, ż_b⟩, since p depends on V alone and ℓ on W alone;
/// where it is attached p moves with z as well. Where a loss compares examples, ℓ_bi is the share
/// of example b, which moves with the logits of the others too. Compare Liu et al., DARTS, ICLR
/// 2019, eq. 7.
extension StrategyWorkspace {
  /// Writes ∂L/∂z of a slice of a validation batch, whose logits are those at W′. With the paper's
  /// objective ∂L/∂V at fixed W′ is left in `controllerGradient`.
  public func upperGradient(
    _ slice: StrategySlice, controller state: ControllerState, uniforms: Floats? = nil,
    into gradient: Floats
  ) {
    guard let upper else {
      validationGradient(slice, controller: state, uniforms: uniforms)
      combine(slice, 1 / Float(slice.batchRows), gradient)
      if strategy.attaches, let controller { addInputGradient(controller, slice.rows, gradient) }
      return
    }
    sums.reset()
    sums.count(labels: slice.labels, rows: slice.rows)
    sums.loss = upper.gradient(slice, into: gradient)
  }

  /// Computes −factor · d/dε ∂_V L_train of a training slice at logits z + ε ż into
  /// `controllerGradient`; ż is laid out as the logits, which are those at W. The choices are those
  /// of `weigh`.
  public func implicitGradient(
    _ slice: StrategySlice, velocity: Floats, factor: Float, controller state: ControllerState,
    uniforms: Floats? = nil
  ) {
    candidates.evaluate(logits: slice.logits, labels: slice.labels, rows: slice.rows)
    chooseForTraining(slice, state, uniforms, velocity: velocity)
    fillEffects(velocity, slice.rows)
    guard let direction, let controller, let chances else {
      return backward(slice, state, values: effects, factor: -factor)
    }
    let (scale, temperature) = (-factor / Float(slice.batchRows), temperature(slice.step))
    chances.backward(
      values: candidates.values, rows: slice.rows, temperature: temperature, scale: scale,
      into: controller.outputGradient)
    chances.backwardTangent(
      values: candidates.values, valueMotion: effects, outputMotion: direction.outputs,
      rows: slice.rows, temperature: temperature, scale: scale, into: direction.outputGradient)
    controller.backward(dense: state.dense, along: direction)
    controller.denseGradient.copy(from: direction.denseGradient)
  }

  /// dℓ_bi/dε of each candidate and row at logits z + ε ż.
  private func fillEffects(_ velocity: Floats, _ rows: Int) {
    let (length, outputs) = (candidates.columnLength, strategy.outputs)
    for candidate in strategy.candidates.indices {
      for row in 0..<rows {
        var effect: Float = 0
        for j in 0..<outputs {
          effect +=
            candidates.derivatives[(candidate * outputs + j) * length + row]
            * velocity[row * outputs + j]
        }
        effects[candidate * length + row] = effect
      }
    }
    candidates.addComparisonMotions(velocity: velocity, into: effects)
  }
}
