import Kernels
import Messages
import Optimization
import Search

/// What workers pulled and pushed for the slices of the present step.
///
/// The content of every message is checked here before anything of it is used.
final class PushedSlices {
  private let parts: RunParts
  private let slots: [SliceSlot]
  private var rows: [Int]
  private var pulls: [Pull?]
  private(set) var contributions: [SliceContribution?]
  private(set) var sums: [StrategySums?]

  /// Keeps gradients in the memory of `slots`, one a slice.
  init(parts: RunParts, slots: [SliceSlot]) {
    self.parts = parts
    self.slots = slots
    rows = Array(repeating: 0, count: slots.count)
    pulls = Array(repeating: nil, count: slots.count)
    contributions = Array(repeating: nil, count: slots.count)
    sums = Array(repeating: nil, count: slots.count)
  }

  /// Forgets the step before; in the next one the slices have so many rows.
  func beginStep(rows: [Int]) {
    precondition(rows.count == slots.count, "every slice of a step has its rows")
    self.rows = rows
    for slice in slots.indices {
      (pulls[slice], contributions[slice], sums[slice]) = (nil, nil, nil)
    }
  }

  /// Takes note of the rows that a slice needs; returns what is wrong with them, or nil.
  func note(_ pull: Pull, slice: Int) -> String? {
    guard slots.indices.contains(slice) else { return "there is no slice \(slice)" }
    let count = pull.ids.count
    guard count <= rows[slice] * parts.schema.fieldCount else {
      return "a slice has no \(count) different rows"
    }
    // Ids are strictly ascending, as the decoder has checked.
    guard count == 0 || Int(pull.ids[count - 1]) < parts.schema.rowCount else {
      return "row \(pull.ids[count - 1]) is outside the table of \(parts.schema.rowCount) rows"
    }
    if let earlier = pulls[slice], earlier.checksum != pull.checksum {
      return "it needs other rows than another worker needed for the same slice"
    }
    pulls[slice] = pull
    return nil
  }

  /// The rows that were pulled for a slice.
  func ids(slice: Int) -> View<UInt32>? { pulls[slice]?.ids }

  /// Checks the content of a push; returns what is wrong with it, or nil when `keep` may use it.
  func defect(_ push: Push, slice: Int) -> String? {
    guard slots.indices.contains(slice), let pull = pulls[slice] else {
      return "its rows were not pulled"
    }
    guard push.idCount == pull.ids.count, push.idChecksum == pull.checksum else {
      return "its gradients are of other rows than were pulled"
    }
    let expected: [(Push.Part, Int)] = [
      (.rowGradients, pull.ids.count * parts.program.rowWidth),
      (.denseGradient, parts.program.denseCount),
      (.batchStatistics, parts.program.statisticsCount),
    ]
    for (part, count) in expected where push.count(part) != count {
      return "it has \(push.count(part)) numbers where \(count) belong"
    }
    let candidates = parts.strategy.candidates.count
    guard let sums = PushSums.sums(push.sums, candidateCount: candidates) else {
      return "its sums for the log make no sense"
    }
    guard sums.rows == rows[slice] else {
      return "it is of \(sums.rows) examples where the slice has \(rows[slice])"
    }
    return nil
  }

  /// Keeps the content of a push that has no defect; throws when a gradient is not finite.
  func keep(_ push: Push, slice: Int) throws(GradientError) {
    guard let pull = pulls[slice] else { preconditionFailure("keep without a pull") }
    let slot = slots[slice]
    let rowGradients = slot.rowGradients.slice(0, pull.ids.count * parts.program.rowWidth)
    push.copy(.rowGradients, into: rowGradients)
    push.copy(.denseGradient, into: slot.denseGradient)
    push.copy(.batchStatistics, into: slot.batchStatistics)
    let contribution = SliceContribution(
      ids: pull.ids, rowGradients: slot.rowGradients, denseGradient: slot.denseGradient,
      batchStatistics: slot.batchStatistics, rows: rows[slice])
    try parts.store.validate(contribution, slice: slice)
    contributions[slice] = contribution
    sums[slice] = PushSums.sums(push.sums, candidateCount: parts.strategy.candidates.count)
  }
}
