import Cluster
import Kernels
import Messages
import Optimization

/// What workers pulled and pushed for the units of one step, at an owner of parameters.
///
/// The content of every message is checked here before anything of it is used. Memory grows to
/// the largest step seen and is then reused.
final class PushedUnits {
  /// What has come for one unit.
  private struct Entry {
    var slices: Range<Int>
    var pull: Pull
    /// The places in the owner's table of the rows that were pulled.
    var places: View<UInt32>
    /// The version that these rows were brought up to last.
    var preparedAt: Int?
  }

  /// The memory for the gradients of one unit.
  private struct Memory {
    var rowGradients = Floats(count: 0)
    var denseGradient: Floats
    var batchStatistics: Floats
    var occurrences: Floats?
  }

  /// The step.
  private(set) var step: UInt64
  /// What came for the slices; that of a unit stands at its first slice.
  private(set) var contributions: [SliceContribution?]
  private let parts: RunParts
  private let sizes: SliceSizes
  private var entries: [Entry?]
  private var memory: [Memory?]
  /// The rows of slices that this process computes itself.
  private var own: [View<UInt32>]
  /// Whether `own`, and not the pull of a unit, says which rows a slice has.
  private var isOwn: [Bool]
  /// How often a push has each of its rows, while that is checked.
  private var counts = Floats(count: 0)

  private var store: ParameterStore { parts.store }
  private var codec: Codec { parts.configuration.cluster.pushCodec }

  /// For the slices of `step`, at the store of `parts`.
  init(parts: RunParts, slices: Int, sizes: SliceSizes, step: UInt64) {
    self.parts = parts
    self.sizes = sizes
    self.step = step
    contributions = Array(repeating: nil, count: slices)
    entries = Array(repeating: nil, count: slices)
    memory = Array(repeating: nil, count: slices)
    own = Array(repeating: View(count: 0), count: slices)
    isOwn = Array(repeating: false, count: slices)
  }

  /// Forgets the step; the next one is `step`.
  func begin(step: UInt64) {
    self.step = step
    for slice in entries.indices {
      (entries[slice], contributions[slice], isOwn[slice]) = (nil, nil, false)
    }
  }

  /// Takes note of the rows that a unit needs; returns what is wrong with them, or nil.
  func note(_ pull: Pull, _ work: Work) -> String? {
    guard SliceTree.isNode(work.slices, of: entries.count) else {
      return "a step has no unit of \(work)"
    }
    // The sum of rounded gradients is not rounded itself.
    guard work.slices.count == 1 || codec == .float32 else {
      return "\(work) are one unit where gradients are rounded slice by slice"
    }
    let count = pull.ids.count
    guard count <= sizes.limit(work) * parts.schema.columnCount else {
      return "\(work) cannot need \(count) different rows"
    }
    // Ids are strictly ascending, as the decoder has checked.
    guard count == 0 || Int(pull.ids[count - 1]) < parts.schema.rowCount else {
      return "row \(pull.ids[count - 1]) is outside the table of \(parts.schema.rowCount) rows"
    }
    for entry in entries.compactMap(\.self) where entry.slices.overlaps(work.slices) {
      guard entry.slices == work.slices else {
        return "parts of \(work) were pulled in another unit"
      }
      return entry.pull.checksum == pull.checksum
        ? nil : "it needs other rows than another worker needed for the same unit"
    }
    var places = pull.ids
    if let share = parts.share {
      guard let found = share.places(of: pull.ids) else {
        return "it asks for rows that another server owns"
      }
      places = found
    }
    entries[work.slices.lowerBound] = Entry(slices: work.slices, pull: pull, places: places)
    return nil
  }

  /// The places in the owner's table of the rows that were pulled for a unit.
  func places(of work: Work) -> View<UInt32>? { entry(work)?.places }

  /// The version that the rows of a unit were brought up to last; nil before.
  func preparedAt(_ work: Work) -> Int? { entry(work)?.preparedAt }

  /// Takes note that the rows of a unit, or of all, were brought up to the store's version.
  func notePrepared(_ work: Work? = nil) {
    for first in entries.indices where work == nil || entries[first]?.slices == work?.slices {
      entries[first]?.preparedAt = store.version
    }
  }

  /// For each slice the places of the rows pulled for the unit that begins with it, or of its own
  /// where this process computes it.
  var placesBySlice: [View<UInt32>] {
    entries.indices.map { isOwn[$0] ? own[$0] : entries[$0]?.places ?? View(count: 0) }
  }

  /// Whether the rows of all slices are known.
  var isNoted: Bool {
    entries.indices.reduce(0) { count, slice in
      count + (isOwn[slice] ? 1 : isOwn(entries[slice]) ? 0 : entries[slice]?.slices.count ?? 0)
    } == entries.count
  }

  /// Checks the content of a push; returns what is wrong with it, or nil when `keep` may use it.
  func defect(_ push: Push, _ work: Work) -> String? {
    guard let entry = entry(work) else { return "its rows were not pulled" }
    guard push.codec == codec else {
      return "its numbers are written as \(push.codec) where \(codec) is agreed"
    }
    guard push.idCount == entry.pull.ids.count, push.idChecksum == entry.pull.checksum else {
      return "its gradients are of other rows than were pulled"
    }
    let isCounted = store.rows.kernel.clip != nil
    let expected: [(Push.Part, Int)] = [
      (.rowGradients, entry.pull.ids.count * store.rows.width),
      (.denseGradient, store.ownedDense.count),
      (.batchStatistics, store.statistics.count),
      (.occurrences, isCounted ? entry.pull.ids.count : 0),
    ]
    for (part, count) in expected where push.count(part) != count {
      return "it has \(push.count(part)) numbers where \(count) belong"
    }
    if isCounted, let defect = defect(ofCounts: push, work) { return defect }
    switch sizes.sums(push.delivery, work) {
    case .failure(let defect): return defect.sentence
    case .success(let sums):
      return push.idCount > 0 && sums.allSatisfy { $0.rows == 0 }
        ? "it has rows without examples" : nil
    }
  }

  private func defect(ofCounts push: Push, _ work: Work) -> String? {
    let counts = room(for: push.count(.occurrences))
    push.copy(.occurrences, into: counts)
    let most = Float(sizes.limit(work) * parts.schema.columnCount)
    for row in 0..<counts.count {
      let count = counts[row]
      guard count >= 1, count <= most, count == count.rounded() else {
        return "it has a row \(count) times"
      }
    }
    return nil
  }

  private func room(for count: Int) -> Floats {
    if counts.count < count { counts = Floats(count: count + count / 4) }
    return counts.slice(0, count)
  }

  /// Keeps the content of a push that has no defect; throws when a gradient is not finite.
  func keep(_ push: Push, _ work: Work) throws(GradientError) {
    guard let entry = entry(work), case .success(let sums) = sizes.sums(push.delivery, work) else {
      preconditionFailure("only a push without defect is kept")
    }
    let first = work.slices.lowerBound
    let count = entry.pull.ids.count * store.rows.width
    var memory =
      memory[first]
      ?? Memory(
        denseGradient: Floats(count: store.dense.count),
        batchStatistics: Floats(count: store.statistics.count))
    if memory.rowGradients.count < count {
      memory.rowGradients = Floats(count: count + count / 4)
    }
    let counted = push.count(.occurrences)
    if memory.occurrences?.count ?? 0 < counted {
      memory.occurrences = Floats(count: counted + counted / 4)
    }
    self.memory[first] = memory
    let owned = store.ownedDense
    push.copy(.rowGradients, into: memory.rowGradients.slice(0, count))
    push.copy(.denseGradient, into: memory.denseGradient.slice(owned.lowerBound, owned.count))
    push.copy(.batchStatistics, into: memory.batchStatistics)
    if counted > 0, let counts = memory.occurrences {
      push.copy(.occurrences, into: counts.slice(0, counted))
    }
    var contribution = SliceContribution(
      ids: entry.pull.ids, rowGradients: memory.rowGradients, occurrences: memory.occurrences,
      denseGradient: memory.denseGradient, batchStatistics: memory.batchStatistics,
      rows: sums.reduce(0) { $0 + $1.rows }, sliceCount: sums.count { $0.rows > 0 })
    try store.validate(contribution, step: Int(step), slice: first)
    contribution.ids = entry.places
    contributions[first] = contribution
    for slice in work.slices { isOwn[slice] = false }
  }

  private func entry(_ work: Work) -> Entry? {
    guard entries.indices.contains(work.slices.lowerBound),
      let entry = entries[work.slices.lowerBound], entry.slices == work.slices
    else { return nil }
    return entry
  }
}

/// Slices that this process computes itself, from the parameters where they lie.
extension PushedUnits {
  /// Takes note of the rows of a unit's slices, one list each, which stay as they are until the
  /// step is over.
  func note(own lists: [View<UInt32>], _ work: Work) {
    let isPulled = entries[work.slices.lowerBound] != nil
    for (slice, list) in zip(work.slices, lists) {
      own[slice] = list
      isOwn[slice] = !isPulled
    }
  }

  /// Keeps the gradients of a unit's slices, which are finite and stay as they are until the step
  /// is over.
  func keep(own gradients: [SliceContribution], _ work: Work) {
    for (slice, contribution) in zip(work.slices, gradients) {
      contributions[slice] = contribution
      isOwn[slice] = true
    }
  }

  /// Which slices' rows are known by what this process computes: another form of the same rows.
  var form: [Bool] { isOwn }

  private func isOwn(_ entry: Entry?) -> Bool { entry.map { isOwn[$0.slices.lowerBound] } ?? false }
}
