/// The rules of a run, one after the other: what a learning rate that changes by steps amounts to.
///
/// A row that missed steps on both sides of a change catches up piece by piece, each by its own
/// rule. All rules keep the same numbers for each weight.
public struct RowSchedule: Sendable {
  /// A rule and how many steps are made before it.
  struct Segment: Sendable {
    let start: Int
    let rule: RowRule
  }

  private let segments: [Segment]

  /// One rule for all steps.
  public init(_ rule: RowRule) { self.init(rule, later: []) }

  /// `rule` first, and from then on after so many steps the others, in ascending order.
  public init(_ rule: RowRule, later: [(afterSteps: Int, rule: RowRule)]) {
    segments =
      [Segment(start: 0, rule: rule)] + later.map { Segment(start: $0.afterSteps, rule: $0.rule) }
    for (early, late) in zip(segments, segments.dropFirst()) {
      precondition(early.start < late.start, "rules that follow each other need ascending steps")
      precondition(
        early.rule.stateCount == late.rule.stateCount, "rules of one run keep the same numbers")
    }
  }

  /// How many numbers the rules keep for each weight.
  public var stateCount: Int { segments[0].rule.stateCount }

  /// The rule of step `step`, counted from 1.
  public func rule(ofStep step: Int) -> RowRule { segment(ofStep: step).rule }

  /// The stretch of the run to which step `step`, counted from 1, belongs.
  func segment(ofStep step: Int) -> Segment {
    segments.last { $0.start < step } ?? segments[0]
  }

  /// Brings a row from version `from` to version `to`, no gradient having come in between;
  /// `last` is the segment of step `to`, looked up once for many rows.
  @inline(__always)
  func advance(
    _ row: UnsafeMutablePointer<Float>, width: Int, from: Int, to: Int, last: Segment
  ) {
    if from < last.start {
      unsafe advance(row, width: width, from: from, to: last.start)
      unsafe last.rule.advance(row, width: width, from: last.start, to: to)
    } else {
      unsafe last.rule.advance(row, width: width, from: from, to: to)
    }
  }

  /// The same across any number of changes.
  @inline(never)
  private func advance(
    _ row: UnsafeMutablePointer<Float>, width: Int, from: Int, to: Int
  ) {
    var now = from
    for (index, segment) in segments.enumerated() where segment.start < to {
      let end = index + 1 < segments.count ? min(segments[index + 1].start, to) : to
      if now >= end { continue }
      unsafe segment.rule.advance(row, width: width, from: now, to: end)
      now = end
    }
  }
}
