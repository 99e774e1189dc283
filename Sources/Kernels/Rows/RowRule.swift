/// An optimizer as it acts on the rows of a table and on flat vectors.
public enum RowRule: Sendable {
  /// Adam with its dense meaning: a row moves in every step, and what it missed is caught up.
  case adam(AdamRule)
  /// Adam that moves a row only in the steps that have a gradient for it.
  case lazyAdam(AdamRule)
  /// Gradient descent with its dense meaning.
  case linear(LinearRule)

  /// How many numbers the rule keeps for each weight.
  public var stateCount: Int {
    switch self {
    case .adam, .lazyAdam: 2
    case .linear(let rule): rule.hasBuffer ? 1 : 0
    }
  }

  /// Brings a row from version `from` to version `to`, no gradient having come in between.
  @inline(__always)
  func advance(_ row: UnsafeMutablePointer<Float>, width: Int, from: Int, to: Int) {
    guard from < to else { return }
    switch self {
    case .adam(let rule): unsafe rule.advance(row, width: width, from: from, to: to)
    case .lazyAdam: break
    case .linear(let rule): unsafe rule.advance(row, width: width, steps: to &- from)
    }
  }

  /// One step with a gradient at `rateFactor` of the learning rate, for `count` weights; state k
  /// lies `k · stateDistance` after `state`.
  @inline(__always)
  func apply(
    weights: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>, stateDistance: Int,
    gradient: UnsafePointer<Float>, count: Int, step: Int, rateFactor: Float
  ) {
    switch self {
    case .adam(let rule), .lazyAdam(let rule):
      unsafe rule.apply(
        weights: weights, first: state, second: state + stateDistance, gradient: gradient,
        count: count, step: step, rateFactor: rateFactor)
    case .linear(let rule):
      unsafe rule.apply(
        weights: weights, buffer: state, gradient: gradient, count: count, rateFactor: rateFactor)
    }
  }

  /// One step for the elements `range` of a flat vector.
  ///
  /// `state` holds the rule's numbers, one vector after the other. `step` counts from 1; it is made
  /// at `rateFactor` of the learning rate.
  public func apply(
    weights: Floats, state: Floats, gradient: Floats, range: Range<Int>, step: Int,
    rateFactor: Float = 1
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= weights.count, "a range outside the vector")
    precondition(
      gradient.count == weights.count && state.count >= stateCount * weights.count,
      "gradient or state of another length than the weights")
    let first = range.lowerBound
    unsafe apply(
      weights: weights.pointer + first, state: state.pointer + first,
      stateDistance: weights.count, gradient: gradient.pointer + first, count: range.count,
      step: step, rateFactor: rateFactor)
  }
}
