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
  private let capture: StoreCapture
  /// The pieces of the capture that were sent last, by their first row: one may be asked for again.
  private var pieces: [(first: Int, rows: Floats)] = []
  /// The first row of the capture that was not sent.
  private var nextRow = 0

  /// Reserves memory for what `assignment` names; the values follow by `restore`. Throws what is
  /// wrong with the assignment: what came over the wire may be anything.
  init(_ assignment: Assignment, version: UInt64, threads: Int) throws {
    // Rows note in 32 bits up to which step they are computed.
    guard version < UInt32.max else { throw Self.nonsense("speaks of \(version) steps") }
    let sizes = assignment.fieldSizes.map(Int.init)
    let total = sizes.reduce(0, +)
    let columns = assignment.listLengths.reduce(0) { $0 + Int($1) }
    guard !sizes.isEmpty, !sizes.contains(0), total <= Int(Int32.max),
      columns <= WireLimits.fields
    else {
      throw Self.nonsense("speaks of \(sizes.count) fields with \(total) values")
    }
    let configuration = try RunConfiguration(
      yaml: assignment.configuration, named: "the coordinator's configuration")
    let map = PartitionMap(servers: Int(assignment.servers))
    let parts = try RunParts(
      configuration, fieldSizes: sizes,
      // How rows become one is nothing that an owner of rows does.
      lists: assignment.listLengths.map { ValueList(maximum: Int($0)) },
      classes: Int(assignment.classes), holding: .seat(Int(assignment.seat), map))
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
    capture = parts.store.reserveCapture()
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
      guard has(fetch) else { return nil }
      rows = store.rows.raw(Int(fetch.first), Int(fetch.count))
    }
    return contents(fetch, rows, store.values)
  }

  private func has(_ fetch: Fetch) -> Bool {
    fetch.first <= UInt64(rowCount) && fetch.first + UInt64(fetch.count) <= UInt64(rowCount)
  }

  private func contents(_ fetch: Fetch, _ rows: Floats, _ values: DenseValues) -> Contents {
    guard fetch.withDense else { return Contents(first: fetch.first, rows: rows) }
    let (owned, dense) = (parts.store.ownedDense, parts.store.dense)
    return Contents(
      first: fetch.first, rows: rows,
      dense: values.weights.slice(owned.lowerBound, owned.count),
      denseState: dense.state(of: owned, in: values.state), statistics: values.statistics)
  }
}

/// Keeping what there is at a version, while steps go on.
extension ServerJob {
  /// Captures everything as it is now.
  func beginCapture() {
    capture.begin()
    (pieces, nextRow) = ([], 0)
  }

  /// Forgets what was captured.
  func endCapture() {
    capture.close()
    capture.release()
    (pieces, nextRow) = ([], rowCount)
  }

  /// The answer to a question about the capture: the piece that comes next, or one of the last
  /// again. Nil for any other: the coordinator asks in the order of the rows, and again for what
  /// does not come.
  func captured(_ fetch: Fetch) -> Contents? {
    guard fetch.ids.count == 0, has(fetch) else { return nil }
    let (first, count) = (Int(fetch.first), Int(fetch.count))
    let numbers = count * parts.store.rows.rawWidth
    var rows = pieces.first { $0.first == first && $0.rows.count == numbers }?.rows
    if rows == nil, first == nextRow {
      let piece = Floats(unfilled: numbers)
      capture.take(from: first, into: piece)
      nextRow += count
      if pieces.count == CaptureFetch.chunksAtOnce { pieces.removeFirst() }
      pieces.append((first, piece))
      rows = piece
    }
    return rows.map { contents(fetch, $0, capture.values) }
  }
}
