/// What the paper leaves open about the search, as options with the usual reading as default.
public struct SearchOptions: Sendable, Equatable, Codable {
  /// The annealed temperature of the Gumbel softmax.
  public var temperature = TemperatureSchedule()
  /// One-hot choices in the forward pass, gradients through p, instead of soft weights.
  public var straightThrough = false
  /// Whether the recommender's gradient also flows through ŷ, the controller's input. Detached,
  /// as Meta-Weight-Net has it, the network cannot lower its loss by moving ŷ to where the
  /// controller hands out a smaller one.
  public var attached = false
  /// Whether the controller's own update draws Gumbel noise too.
  public var validationNoise = true
  /// Whether the controller was trained before and stays as it is. It then answers as a trained
  /// network does, with running statistics and without dropout or noise, and the schedule of the
  /// temperature is over.
  public var frozen = false
  /// ξ, the size of the virtual step at whose end the upper objective is taken; 0 is first order.
  /// For strategies that learn from validation batches.
  public var virtualStep: Float = 0
  /// What the controller's update lowers.
  public var upper = UpperObjective.paper
  /// λ, what pairs count in `logloss+auc`.
  public var aucWeight: Float = 1
  /// β, what the entropy of α counts in the controller's update, where its objective depends on α.
  public var entropyBonus: Float = 0
  /// Widths of the controller's hidden layers.
  public var hidden = [128, 128]
  /// Whether the hidden layers are batch-normalised.
  public var batchNorm = true
  /// The rate at which hidden units are dropped, in [0, 1).
  public var dropout: Float = 0.2

  /// The defaults: the paper's values where it gives them.
  public init() {}
}
