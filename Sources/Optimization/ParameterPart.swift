import Kernels

/// A named stretch of a parameter vector or row, and how it starts.
public struct ParameterPart: Sendable, Equatable {
  /// The name in files: "mlp.mlp.0.weight".
  public let name: String
  /// Where it begins in the vector or row.
  public let offset: Int
  /// How many numbers it has.
  public let width: Int
  /// How its start values are drawn.
  public let initialisation: Initialisation

  /// A part of a vector or row.
  public init(name: String, offset: Int, width: Int, initialisation: Initialisation) {
    self.name = name
    self.offset = offset
    self.width = width
    self.initialisation = initialisation
  }

  /// How far the parts reach; traps when they leave gaps, overlap or are out of order.
  static func extent(_ parts: [ParameterPart]) -> Int {
    parts.reduce(0) { end, part in
      precondition(part.offset == end && part.width > 0, "part \(part.name) is out of place")
      return end + part.width
    }
  }
}

/// Streams of start values: the parts of rows and of flat vectors never share one.
enum StartValues {
  /// The stream of part `index` of the rows; an example is a row.
  static func rows(seed: UInt64, part index: Int) -> Randomness {
    Randomness(seed: seed, purpose: .weights, step: UInt64(index))
  }

  /// The stream of part `index` of flat vector number `vector`; an example is an element.
  static func dense(seed: UInt64, vector: Int, part index: Int) -> Randomness {
    Randomness(seed: seed, purpose: .weights, step: UInt64(vector + 1) << 32 | UInt64(index))
  }
}
