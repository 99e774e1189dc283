import Kernels

/// What a strategy learns from training steps.
extension Strategy {
  /// What became of the parameters.
  public enum Lesson: Sendable {
    /// Nothing: the strategy does not learn from training steps.
    case none
    /// They were changed.
    case moved
    /// `gradient` was filled with ∂L/∂V, for an update by the optimizer.
    case gradient
  }

  /// Takes in the sums over a training step, the one after `steps` others, and moves `state` or
  /// fills `gradient`; `every` is `search.every`. Nothing comes of a step without examples.
  public func learn(
    from sums: StrategySums, steps: Int, every: Int, state: ControllerState, gradient: Floats
  ) -> Lesson {
    guard sums.rows > 0 else { return .none }
    switch weighing {
    case .constant, .draw, .controller, .gates, .softmax: return .none
    case .meta:
      MetaWeights.gradient(of: sums, at: state.dense, into: gradient)
      return .gradient
    case .exponential:
      UncertaintyWeights.gradient(of: sums, at: state.dense, into: gradient)
      return .gradient
    case .rates(let beta):
      SoftAdapt(beta: beta).follow(sums, steps: steps, window: every, state)
      return .moved
    }
  }
}
