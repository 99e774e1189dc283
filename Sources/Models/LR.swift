import Graph
import Layers

/// Logistic regression; Richardson, Dominowska and Ragno, "Predicting clicks: estimating the
/// click-through rate for new ads", WWW 2007.
///
///     z = b + Σ_i w_i
public struct LR: Network {
  let linear: FirstOrder

  /// A model with these options.
  public init(_ options: ModelOptions) {
    linear = FirstOrder(options)
  }

  /// The logits.
  public func callAsFunction(_ inputs: Inputs) -> Node {
    linear(inputs)
  }
}
