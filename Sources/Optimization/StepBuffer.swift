/// Contributions on their way into steps, kept by (step, slice) until their step is committed.
///
/// A slice can be computed and pushed twice, by anyone, with the same bits; the second is ignored.
/// Used by one thread at a time.
public struct StepBuffer {
  /// What became of a push.
  public enum Outcome: Sendable, Equatable {
    /// It will be part of its step.
    case accepted
    /// All its slices are already here or applied; it was ignored.
    case repeated
    /// Some of its slices are already here, so that it cannot be added as a whole; it was ignored,
    /// and these slices are still missing.
    case overlapping(missing: [Int])
  }

  private struct Step {
    var contributions: [SliceContribution?]
    var covered: [Bool]
  }

  /// M, the number of slices.
  public let slices: Int
  private var steps: [Int: Step] = [:]
  private var firstOpen: Int

  /// A buffer for steps of M slices after `version` applied steps.
  public init(slices: Int, version: Int) {
    precondition(slices > 0, "a step needs at least one slice")
    self.slices = slices
    firstOpen = version
  }

  /// Adds a contribution to the step at version `version`; it covers `covered`, one slice or the
  /// slices of a node of the fixed tree.
  public mutating func push(
    version: Int, covered: Range<Int>, _ contribution: SliceContribution
  ) -> Outcome {
    precondition(
      StepBuffer.isNode(covered, low: 0, high: slices),
      "slices \(covered) are no node of the tree over \(slices) slices")
    if version < firstOpen { return .repeated }
    var step =
      steps[version]
      ?? Step(
        contributions: Array(repeating: nil, count: slices),
        covered: Array(repeating: false, count: slices))
    let missing = covered.filter { !step.covered[$0] }
    if missing.isEmpty { return .repeated }
    if missing.count < covered.count { return .overlapping(missing: missing) }
    step.contributions[covered.lowerBound] = contribution
    for slice in covered { step.covered[slice] = true }
    steps[version] = step
    return .accepted
  }

  /// The slices of the step at `version` that have not come.
  public func missing(version: Int) -> [Int] {
    guard version >= firstOpen else { return [] }
    guard let step = steps[version] else { return Array(0..<slices) }
    return (0..<slices).filter { !step.covered[$0] }
  }

  /// The contributions of the step at `version`, by slice, once none is missing; nil before.
  public func complete(version: Int) -> [SliceContribution?]? {
    guard let step = steps[version], !step.covered.contains(false) else { return nil }
    return step.contributions
  }

  /// Forgets the steps before `version`; pushes for them will be repeats.
  public mutating func discard(before version: Int) {
    precondition(version >= firstOpen, "a buffer cannot go back from \(firstOpen) to \(version)")
    for old in firstOpen..<version { steps[old] = nil }
    firstOpen = version
  }

  /// Whether a range of slices is a node of the fixed tree over low ..< high.
  static func isNode(_ range: Range<Int>, low: Int, high: Int) -> Bool {
    if range == low..<high { return true }
    if range.isEmpty || high - low <= 1 { return false }
    let middle = (low + high) / 2
    return range.upperBound <= middle
      ? isNode(range, low: low, high: middle) : isNode(range, low: middle, high: high)
  }
}
