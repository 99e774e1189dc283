/// How the start value of a parameter is drawn.
public enum Initialisation: Sendable, Equatable {
  /// Every element has this value.
  case constant(Float)
  /// Uniform on [−bound, bound].
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)

  /// All zeros.
  public static let zeros = Initialisation.constant(0)

  /// The element at `lane` of `example`: a pure function of the stream and the address.
  public func value(_ randomness: Randomness, example: Int, lane: Int) -> Float {
    switch self {
    case .constant(let value): value
    case .uniform(let bound): (2 * randomness.uniform(example: example, lane: lane) - 1) * bound
    case .normal(let deviation): deviation * randomness.normal(example: example, lane: lane)
    }
  }
}
