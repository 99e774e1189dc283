import Kernels
import Messages
import Optimization
import Search

/// What workers pulled and pushed for the slices of one step, at an owner of parameters.
///
/// The content of every message is checked here before anything of it is used.
final class PushedSlices {
  /// The memory for the gradients of one slice.
  struct Memory {
    var rowGradients: Floats
    var denseGradient: Floats
    var batchStatistics: Floats
  }

  private let store: ParameterStore
  private let fieldCount: Int
  private let rowCount: Int
  private let share: RowShare?
  private let candidateCount: Int
  private let memory: [Memory]
  private var rows: [Int]
  private var isExact = true
  private var pulls: [Pull?]
  /// The places in the owner's table of the rows that were pulled.
  private var places: [View<UInt32>?]
  private(set) var contributions: [SliceContribution?]
  private(set) var sums: [StrategySums?]

  /// Keeps gradients for the store of `parts`, one slice in each memory.
  init(parts: RunParts, memory: [Memory]) {
    store = parts.store
    fieldCount = parts.schema.fieldCount
    rowCount = parts.schema.rowCount
    share = parts.share
    candidateCount = parts.strategy.candidates.count
    self.memory = memory
    rows = Array(repeating: 0, count: memory.count)
    pulls = Array(repeating: nil, count: memory.count)
    places = Array(repeating: nil, count: memory.count)
    contributions = Array(repeating: nil, count: memory.count)
    sums = Array(repeating: nil, count: memory.count)
  }

  /// Keeps gradients in the memory of `slots`, one a slice.
  convenience init(parts: RunParts, slots: [SliceSlot]) {
    self.init(
      parts: parts,
      memory: slots.map {
        Memory(
          rowGradients: $0.rowGradients, denseGradient: $0.denseGradient,
          batchStatistics: $0.batchStatistics)
      })
  }

  /// Forgets the step before; in the next one the slices have so many rows.
  func beginStep(rows: [Int]) {
    precondition(rows.count == memory.count, "every slice of a step has its rows")
    (self.rows, isExact) = (rows, true)
    forget()
  }

  /// Forgets the step before; in the next one each slice has at most so many rows.
  func beginStep(rowsAtMost limit: Int) {
    (rows, isExact) = (Array(repeating: limit, count: memory.count), false)
    forget()
  }

  private func forget() {
    for slice in memory.indices {
      (pulls[slice], places[slice]) = (nil, nil)
      (contributions[slice], sums[slice]) = (nil, nil)
    }
  }

  /// Takes note of the rows that a slice needs; returns what is wrong with them, or nil.
  func note(_ pull: Pull, slice: Int) -> String? {
    guard memory.indices.contains(slice) else { return "there is no slice \(slice)" }
    let count = pull.ids.count
    guard count <= rows[slice] * fieldCount else {
      return "a slice has no \(count) different rows"
    }
    // Ids are strictly ascending, as the decoder has checked.
    guard count == 0 || Int(pull.ids[count - 1]) < rowCount else {
      return "row \(pull.ids[count - 1]) is outside the table of \(rowCount) rows"
    }
    if let earlier = pulls[slice] {
      return earlier.checksum == pull.checksum
        ? nil : "it needs other rows than another worker needed for the same slice"
    }
    if let share {
      guard let places = share.places(of: pull.ids) else {
        return "it asks for rows that another server owns"
      }
      self.places[slice] = places
    } else {
      places[slice] = pull.ids
    }
    pulls[slice] = pull
    return nil
  }

  /// The places in the owner's table of the rows that were pulled for a slice.
  func ids(slice: Int) -> View<UInt32>? { places[slice] }

  /// Checks the content of a push; returns what is wrong with it, or nil when `keep` may use it.
  func defect(_ push: Push, slice: Int) -> String? {
    guard memory.indices.contains(slice), let pull = pulls[slice] else {
      return "its rows were not pulled"
    }
    guard push.idCount == pull.ids.count, push.idChecksum == pull.checksum else {
      return "its gradients are of other rows than were pulled"
    }
    let expected: [(Push.Part, Int)] = [
      (.rowGradients, pull.ids.count * store.rows.width),
      (.denseGradient, store.ownedDense.count),
      (.batchStatistics, store.statistics.count),
    ]
    for (part, count) in expected where push.count(part) != count {
      return "it has \(push.count(part)) numbers where \(count) belong"
    }
    return defect(sums: push.sums, slice: slice)
  }

  /// Checks the sums of a slice for the log; returns what is wrong with them, or nil.
  func defect(sums list: [Double], slice: Int) -> String? {
    guard memory.indices.contains(slice) else { return "there is no slice \(slice)" }
    guard let sums = PushSums.sums(list, candidateCount: candidateCount) else {
      return "its sums for the log make no sense"
    }
    guard isExact ? sums.rows == rows[slice] : sums.rows <= rows[slice] else {
      return "it is of \(sums.rows) examples where the slice has \(rows[slice])"
    }
    return nil
  }

  /// Keeps the content of a push that has no defect; throws when a gradient is not finite.
  func keep(_ push: Push, slice: Int) throws(GradientError) {
    guard let pull = pulls[slice], let places = places[slice] else {
      preconditionFailure("keep without a pull")
    }
    let memory = memory[slice]
    let rowGradients = memory.rowGradients.slice(0, pull.ids.count * store.rows.width)
    let owned = store.ownedDense
    push.copy(.rowGradients, into: rowGradients)
    push.copy(.denseGradient, into: memory.denseGradient.slice(owned.lowerBound, owned.count))
    push.copy(.batchStatistics, into: memory.batchStatistics)
    let sums = PushSums.sums(push.sums, candidateCount: candidateCount)
    var contribution = SliceContribution(
      ids: pull.ids, rowGradients: memory.rowGradients, denseGradient: memory.denseGradient,
      batchStatistics: memory.batchStatistics, rows: sums?.rows ?? 0)
    try store.validate(contribution, slice: slice)
    contribution.ids = places
    contributions[slice] = contribution
    self.sums[slice] = sums
  }

  /// Keeps the sums of a slice that have no defect.
  func keep(sums list: [Double], slice: Int) {
    sums[slice] = PushSums.sums(list, candidateCount: candidateCount)
  }
}
