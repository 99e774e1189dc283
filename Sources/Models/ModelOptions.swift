import Kernels
import Layers

/// What there is to choose about models; the defaults of what they have in common are those of the
/// AutoLoss paper.
public struct ModelOptions: Sendable, Equatable {
  /// The length of an embedding vector.
  public var embeddingWidth = 16
  /// The standard deviation that embeddings start with; 0 means Xavier-uniform.
  public var embeddingDeviation: Float = 0
  /// The widths of the hidden layers.
  public var hidden = [128, 128]
  /// The part of the hidden values that training drops.
  public var dropout: Float = 0.2
  /// How first-order weights start: zeros, or N(0, 1) as torchfm's.
  public var linearInitialisation = Initialisation.zeros
  /// Logits per example: 1 for clicks, the number of classes otherwise.
  public var outputs = 1
  /// What single models have to choose for themselves.
  public var particular = ParticularOptions()

  /// The defaults.
  public init() {}
}

extension FirstOrder {
  /// The first-order term that the models with these options share.
  init(_ options: ModelOptions) {
    self.init(outputs: options.outputs, initialisation: options.linearInitialisation)
  }
}

extension Embedding {
  /// The embedding that the models with these options share, with `copies` vectors side by side.
  init(_ options: ModelOptions, copies: Int = 1) {
    self.init(
      width: options.embeddingWidth * copies, standardDeviation: options.embeddingDeviation)
  }
}

extension FieldAwareProducts {
  /// The field-aware vectors of models with these options.
  init(_ options: ModelOptions) {
    self.init(width: options.embeddingWidth, standardDeviation: options.embeddingDeviation)
  }
}

extension MLP {
  /// The perceptron that the models with these options share.
  init(_ options: ModelOptions) {
    self.init(hidden: options.hidden, outputs: options.outputs, dropout: options.dropout)
  }
}
