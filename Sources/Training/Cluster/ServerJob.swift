import Cluster
import Kernels
import Messages
import Optimization

/// What a server owns in one generation of a run: its part of the parameters.
final class ServerJob {
  /// Pulls, pushes and steps.
  let owner: ParameterOwner
  private var parts: RunParts { owner.parts }
  /// How many rows have their values.
  private(set) var restoredRows = 0
  private var isRestored = false

  /// Reserves memory for what `assignment` names; the values follow by `restore`.
  init(_ assignment: Assignment, version: Int, threads: Int) throws {
    let configuration = try RunConfiguration(
      yaml: assignment.configuration, named: "the coordinator's configuration")
    let map = PartitionMap(servers: Int(assignment.servers))
    let parts = try RunParts(
      configuration, fieldSizes: assignment.fieldSizes.map(Int.init),
      holding: .seat(Int(assignment.seat), map))
    let slices = Int(assignment.slices)
    guard slices == configuration.train.slices else {
      throw Failure(
        "the coordinator speaks of \(slices) slices, its configuration of "
          + "\(configuration.train.slices)",
        remedy: "install the same build on all hosts", exitCode: .refused)
    }
    parts.store.resume(at: version)
    owner = ParameterOwner(
      parts: parts,
      // A pull may be of the step after the last whose gradients may come.
      openSteps: ServerState.openSteps(staleness: UInt64(assignment.staleness)) + 1,
      sizes: SliceSizes(
        atMost: parts.sliceCapacity, candidateCount: parts.strategy.candidates.count),
      threads: threads)
  }

  /// The rows that this server owns.
  var rowCount: Int { parts.store.rows.rowCount }

  /// Takes values of parameters; false when they are not the next ones that are missing.
  func restore(_ contents: Contents) -> Bool {
    // The dense values come with the last piece: whatever comes after it is a repeat.
    guard !isRestored else { return false }
    let store = parts.store
    let width = store.rows.rawWidth
    let count = contents.count(.rows) / width
    guard Int(exactly: contents.first) == restoredRows, contents.count(.rows) == count * width,
      restoredRows + count <= rowCount
    else { return false }
    if contents.isLast {
      let owned = store.ownedDense
      guard
        restoredRows + count == rowCount, contents.count(.dense) == owned.count,
        contents.count(.denseState) == store.dense.rule.stateCount * owned.count,
        contents.count(.statistics) == store.statistics.count
      else { return false }
      contents.copy(.dense, into: store.dense.weights.slice(owned.lowerBound, owned.count))
      let state = Floats(count: contents.count(.denseState))
      contents.copy(.denseState, into: state)
      for index in 0..<store.dense.rule.stateCount {
        store.dense.ownedState(index, owned).copy(
          from: state.slice(index * owned.count, owned.count))
      }
      contents.copy(.statistics, into: store.statistics)
      isRestored = true
    }
    contents.copy(.rows, into: store.rows.raw(restoredRows, count))
    restoredRows += count
    return true
  }

  /// The answer to a question of the coordinator; nil when it asks for what is not here.
  func contents(_ fetch: Fetch) -> Contents? {
    let store = parts.store
    let rows: Floats
    if fetch.ids.count > 0 {
      guard let places = parts.share?.places(of: fetch.ids) else { return nil }
      rows = Floats(count: places.count * store.rows.rawWidth)
      store.rows.copyRaw(places, into: rows)
    } else {
      guard fetch.first <= UInt64(rowCount), fetch.first + UInt64(fetch.count) <= UInt64(rowCount)
      else { return nil }
      rows = store.rows.raw(Int(fetch.first), Int(fetch.count))
    }
    guard fetch.withDense else { return Contents(first: fetch.first, rows: rows) }
    let owned = store.ownedDense
    let states = store.dense.rule.stateCount
    let state = Floats(count: states * owned.count)
    for index in 0..<states {
      state.slice(index * owned.count, owned.count)
        .copy(from: store.dense.ownedState(index, owned))
    }
    return Contents(
      first: fetch.first, rows: rows,
      dense: store.dense.weights.slice(owned.lowerBound, owned.count), denseState: state,
      statistics: store.statistics)
  }
}

extension DenseParameters {
  /// The stretch `range` of the optimizer's numbers with this index.
  func ownedState(_ index: Int, _ range: Range<Int>) -> Floats {
    state.slice(index * count + range.lowerBound, range.count)
  }
}
