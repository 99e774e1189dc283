/// The largest difference between two lists, relative to the largest magnitude expected: the
/// measure of all comparisons with reference numbers.
///
/// Differences up to `absolute` count as none, for tensors that hold rounding noise around zero.
/// Infinite when the lengths differ or a number is not finite where a finite one is expected.
public func relativeError(
  _ actual: some Collection<Double>, _ expected: some Collection<Double>, absolute: Double = 0
) -> Double {
  guard actual.count == expected.count else { return .infinity }
  var largestDifference = 0.0
  var largestExpected = 0.0
  for (value, wanted) in zip(actual, expected) {
    let difference = abs(value - wanted)
    guard difference.isFinite else {
      if value == wanted { continue }
      return .infinity
    }
    if difference > absolute { largestDifference = max(largestDifference, difference) }
    largestExpected = max(largestExpected, abs(wanted))
  }
  if largestDifference == 0 { return 0 }
  return largestExpected > 0 ? largestDifference / largestExpected : .infinity
}

/// The same for numbers computed in single precision.
public func relativeError(
  _ actual: some Collection<Float>, _ expected: some Collection<Double>, absolute: Double = 0
) -> Double {
  relativeError(actual.map(Double.init), Array(expected), absolute: absolute)
}

/// Collects the errors of one comparison and prints the largest with its name.
///
///     var errors = Errors("models/dfm")
///     errors.add("logits_eval", actual, expected)
///     #expect(errors.largest < 1e-5)
///     errors.print()
public struct Errors: Sendable {
  /// What is compared.
  public let title: String
  /// The largest error so far.
  public private(set) var largest = 0.0
  /// The name of the tensor with the largest error.
  public private(set) var worst = "nothing"
  /// How many tensors were compared.
  public private(set) var count = 0

  /// Starts a comparison.
  public init(_ title: String) { self.title = title }

  /// Adds a tensor; returns its relative error.
  @discardableResult
  public mutating func add(
    _ name: String, _ actual: some Collection<Double>, _ expected: some Collection<Double>,
    absolute: Double = 0
  ) -> Double {
    add(name, error: relativeError(actual, expected, absolute: absolute))
  }

  /// Adds a tensor computed in single precision; returns its relative error.
  @discardableResult
  public mutating func add(
    _ name: String, _ actual: some Collection<Float>, _ expected: some Collection<Double>,
    absolute: Double = 0
  ) -> Double {
    add(name, error: relativeError(actual, expected, absolute: absolute))
  }

  /// Adds an error that was measured elsewhere.
  @discardableResult
  public mutating func add(_ name: String, error: Double) -> Double {
    count += 1
    if error >= largest { (largest, worst) = (error, name) }
    return error
  }

  /// Prints "reference models/dfm: largest relative error 3.1e-07 (grad.linear.bias), 20 tensors".
  public func print() {
    Swift.print(
      "reference \(title): largest relative error \(scientific(largest)) (\(worst)),"
        + " \(count) tensors")
  }
}

/// A positive number with two significant digits and an exponent: "3.1e-07".
public func scientific(_ number: Double) -> String {
  guard number > 0, number.isFinite else { return "\(number)" }
  var mantissa = number
  var exponent = 0
  while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  let digits = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
  return "\((mantissa * 10).rounded() / 10)e\(exponent < 0 ? "-" : "+")\(digits)"
}
