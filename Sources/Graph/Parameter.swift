import Kernels

/// A named part of the flat vector of dense parameters.
public struct Parameter: Sendable, Equatable {
  /// The name in torchfm's `state_dict`, for example "mlp.mlp.0.weight".
  public let name: String
  /// The sizes, slowest first; a weight is [outputs, inputs].
  public let shape: [Int]
  /// The position of the first element in the flat vector.
  public let offset: Int
  /// How the start values are drawn.
  public let initialisation: Initialisation

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// A named part of every row of the feature table.
public struct RowPart: Sendable, Equatable {
  /// The name in torchfm's `state_dict`, for example "embedding.embedding.weight".
  public let name: String
  /// How many numbers of a row belong to the part.
  public let width: Int
  /// The position of the first of them in the row.
  public let offset: Int
  /// How the start values are drawn.
  public let initialisation: Initialisation
}

/// A named part of the flat vector of running statistics.
public struct Statistic: Sendable, Equatable {
  /// The name in torchfm's `state_dict`, for example "mlp.mlp.1.running_mean".
  public let name: String
  /// The number of elements.
  public let width: Int
  /// The position of the first element in the flat vector.
  public let offset: Int
  /// The value of every element before training.
  public let startValue: Float
}
