import Layers

/// What there is to choose about single models, with the defaults of pytorch-fm where it has the
/// model. A model ignores what it has no use for; `ModelKind.particularOptions` says who uses what.
public struct ParticularOptions: Sendable, Equatable {
  /// The highest order of `HOFM`.
  public var order = 3
  /// The kernels of `OPNN`.
  public var kernel = OuterProducts.Kernel.mat
  /// The width of the hidden layer of `AFM`'s attention.
  public var attentionWidth = 16
  /// Layers of the cross network of `DCN` and `DCNv2`.
  public var crossLayers = 3
  /// Vectors in each layer of the compressed interaction network of `XDeepFM`.
  public var cinWidths = [16, 16]
  /// Whether its layers but the last hand only half of their vectors on, and sum the other half.
  public var cinSplit = false
  /// Heads of the attention of `AutoInt`, and of the fusion of `FinalMLP`.
  public var heads = 2
  /// Numbers in a vector of one head of `AutoInt`.
  public var headWidth = 32
  /// Layers of attention of `AutoInt`.
  public var attentionLayers = 3
  /// Logarithmic neurons of `AFN`.
  public var logNeurons = 1500
  /// The user's field, counted from 1. 0: the first of two (`NCF`), or no context (`FinalMLP`).
  public var userField = 0
  /// The item's field, counted from 1. 0: the second of two (`NCF`), or no context (`FinalMLP`).
  public var itemField = 0
  /// The width of the hidden layer of the gates of `FinalMLP`.
  public var gateWidth = 64
  /// How many blocks `MaskNet` has.
  public var maskBlocks = 3
  /// How many numbers come out of a block of `MaskNet`.
  public var blockWidth = 64
  /// The width of the hidden layer of a mask of `MaskNet`, as a multiple of the embedding's.
  public var maskRatio = 1.0

  /// The defaults.
  public init() {}
}
