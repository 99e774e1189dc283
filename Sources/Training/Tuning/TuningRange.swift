import Foundation

/// The values that a search tries for one key.
///
/// A search draws coordinates in [0, 1]; a range turns them into texts that the key takes.
public enum TuningRange: Sendable, Equatable {
  /// Numbers between two, each as likely as any other.
  case uniform(Double, Double)
  /// Numbers between two above 0, whose logarithms are as likely as any other.
  case logUniform(Double, Double)
  /// Whole numbers.
  case integer(ClosedRange<Int>)
  /// Whole numbers above 0 by their logarithms.
  case logInteger(ClosedRange<Int>)
  /// Texts without order.
  case choice([String])
  /// Weights of these losses, none below 0, that sum to 1; each as likely as any other.
  case simplex([String])

  /// How many coordinates a value has.
  public var coordinateCount: Int {
    if case .simplex(let losses) = self { losses.count - 1 } else { 1 }
  }

  /// The text of the value at these coordinates. Numbers have six digits, which read back to what
  /// is printed; weights have four decimals.
  public func text(_ coordinates: [Double]) -> String {
    precondition(coordinates.count == coordinateCount, "a value needs all its coordinates")
    let first = coordinates.first ?? 0
    switch self {
    case .uniform(let low, let high): return Self.short(low + first * (high - low))
    case .logUniform(let low, let high):
      return Self.short(min(max(low * exp(first * log(high / low)), low), high))
    case .integer(let range): return "\(range.lowerBound + Self.cell(first, of: range.count))"
    case .logInteger(let range):
      // Each number has the stretch from half before it to half after it.
      let (low, high) = (Double(range.lowerBound) - 0.5, Double(range.upperBound) + 0.5)
      let value = Int((low * exp(first * log(high / low))).rounded())
      return "\(min(max(value, range.lowerBound), range.upperBound))"
    case .choice(let texts): return texts[Self.cell(first, of: texts.count)]
    case .simplex:
      let weights = Self.weights(coordinates)
      return "weights:" + weights.map { String(format: "%.4f", $0) }.joined(separator: ",")
    }
  }

  private static func cell(_ coordinate: Double, of count: Int) -> Int {
    min(max(Int(coordinate * Double(count)), 0), count - 1)
  }

  private static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  /// Breaks a stick: where coordinates are uniform, so are the weights among all that sum to 1.
  ///
  /// Of m + 1 parts that are left, the first is 1 − (1 − u)^(1/m) of what is left.
  static func weights(_ coordinates: [Double]) -> [Double] {
    var left = 1.0
    var weights: [Double] = []
    for (index, coordinate) in coordinates.enumerated() {
      let rest = left * pow(1 - coordinate, 1 / Double(coordinates.count - index))
      weights.append(left - rest)
      left = rest
    }
    return weights + [left]
  }
}
