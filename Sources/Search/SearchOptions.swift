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
  /// temperature is over: it stands at its floor.
  public var frozen = false
  /// Widths of the controller's hidden layers.
  public var hidden = [128, 128]
  /// Whether the hidden layers are batch-normalised.
  public var batchNorm = true
  /// The rate at which hidden units are dropped, in [0, 1).
  public var dropout: Float = 0.2

  /// The defaults: the paper's values where it gives them.
  public init() {}
}
