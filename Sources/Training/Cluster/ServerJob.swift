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

  /// Reserves memory for what `assignment` names; the values follow by `restore`. Throws what is
  /// wrong with the assignment: what came over the wire may be anything.
  init(_ assignment: Assignment, version: UInt64, threads: Int) throws {
    // Rows note in 32 bits up to which step they are computed.
    guard version < UInt32.max else { throw Self.nonsense("speaks of \(version) steps") }
    let sizes = assignment.fieldSizes.map(Int.init)
    let total = sizes.reduce(0, +)
    guard !sizes.isEmpty, !sizes.contains(0), total <= Int(Int32.max) else {
      throw Self.nonsense("speaks of \(sizes.count) fields with \(total) values")
    }
    let configuration = try RunConfiguration(
      yaml: assignment.configuration, named: "the coordinator's configuration")
    let map = PartitionMap(servers: Int(assignment.servers))
    let parts = try RunParts(
      configuration, fieldSizes: sizes, classes: Int(assignment.classes),
      holding: .seat(Int(assignment.seat), map))
    let slices = Int(assignment.slices)
    guard slices == configuration.train.slices else {
      throw Self.nonsense(
        "speaks of \(slices) slices, its configuration of \(configuration.train.slices)")
    }
    parts.store.resume(at: Int(version))
    owner = ParameterOwner(
      parts: parts,
      // A pull may be of the step after the last whose gradients may come.
      openSteps: ServerState.openSteps(staleness: UInt64(assignment.staleness)) + 1,
      sizes: SliceSizes(parts),
      threads: threads)
  }

  private static func nonsense(_ what: String) -> Failure {
    Failure(
      "the coordinator \(what)", remedy: "install the same build on all hosts",
      exitCode: .refused)
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
      store.dense.setState(of: owned, to: state)
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
    return Contents(
      first: fetch.first, rows: rows,
      dense: store.dense.weights.slice(owned.lowerBound, owned.count),
      denseState: store.dense.state(of: owned), statistics: store.statistics)
  }
}
