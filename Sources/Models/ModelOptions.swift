import Kernels

/// What the models have in common to choose; the defaults are those of the AutoLoss paper.
public struct ModelOptions: Sendable, Equatable {
  /// The length of an embedding vector.
  public var embeddingWidth = 16
  /// The widths of the hidden layers.
  public var hidden = [128, 128]
  /// The part of the hidden values that training drops.
  public var dropout: Float = 0.2
  /// How first-order weights start: zeros, or N(0, 1) as torchfm's.
  public var linearInitialisation = Initialisation.zeros
  /// Logits per example: 1 for clicks, the number of classes otherwise.
  public var outputs = 1

  /// The defaults.
  public init() {}
}
