import Cluster
import Kernels
import Messages
import Optimization

/// What a server owns in one generation of a run: its part of the parameters, and the gradients
/// that have come for it.
///
/// Belongs to the server's edge thread; a step is applied by a team of threads while it waits.
final class ServerJob: @unchecked Sendable {
  // Unchecked: the edge thread alone changes what is `var`, and not while the team works.

  private enum Phase: Int { case catchUp, commit }

  private let parts: RunParts
  private let slices: Int
  private let plan: StepPlan
  /// For the step at the version and for the next one, by parity: workers may be told of the next
  /// step before this server is.
  private let pushed: [PushedSlices]
  private let tasks = TaskCounter()
  private let threads: Int
  private let rowBuffer: Floats
  private var contributions: [SliceContribution?]
  private var team: ThreadTeam?
  /// How many rows have their values.
  private(set) var restoredRows = 0
  private var isRestored = false

  /// Reserves memory for what `assignment` names; the values follow by `restore`.
  init(_ assignment: Assignment, version: Int, threads: Int) throws {
    let configuration = try RunConfiguration(
      yaml: assignment.configuration, named: "the coordinator's configuration")
    let map = PartitionMap(servers: Int(assignment.servers))
    parts = try RunParts(
      configuration, fieldSizes: assignment.fieldSizes.map(Int.init),
      holding: .seat(Int(assignment.seat), map))
    let slices = Int(assignment.slices)
    guard slices == configuration.train.slices else {
      throw Failure(
        "the coordinator speaks of \(slices) slices, its configuration of "
          + "\(configuration.train.slices)",
        remedy: "install the same build on all hosts", exitCode: .refused)
    }
    self.slices = slices
    self.threads = threads
    let store = parts.store
    store.resume(at: version)
    plan = StepPlan(rowCount: store.rows.rowCount, slices: slices)
    let features = parts.sliceCapacity * parts.schema.fieldCount
    pushed = [0, 1].map { [parts] _ in
      PushedSlices(
        parts: parts,
        memory: (0..<slices).map { _ in
          PushedSlices.Memory(
            rowGradients: Floats(count: features * store.rows.width),
            denseGradient: Floats(count: store.dense.count),
            batchStatistics: Floats(count: store.statistics.count))
        })
    }
    for step in pushed { step.beginStep(rowsAtMost: parts.sliceCapacity) }
    rowBuffer = Floats(count: features * store.rows.width)
    contributions = Array(repeating: nil, count: slices)
    team = ThreadTeam(count: threads) { [unowned self] _, phase in perform(phase) }
  }

  deinit { team?.stop() }

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

  /// What is wrong with a pull of this step, or nil; takes note of its rows.
  func note(_ pull: Pull, step: UInt64, slice: Int) -> String? {
    isNear(step) ? pushed[Int(step & 1)].note(pull, slice: slice) : nil
  }

  /// What is wrong with a push of this step, or nil.
  func defect(_ push: Push, step: UInt64, slice: Int) -> String? {
    step == UInt64(parts.store.version)
      ? pushed[Int(step & 1)].defect(push, slice: slice) : nil
  }

  /// The answer to the pull that was noted for a slice of the step at the version.
  func answer(_ work: Work) -> Parameters? {
    guard let ids = pushed[Int(work.step & 1)].ids(slice: work.slice) else { return nil }
    let store = parts.store
    let rows = rowBuffer.slice(0, ids.count * store.rows.width)
    store.peek(ids, into: rows)
    let none = Floats(count: 0)
    let owned = store.ownedDense
    return Parameters(
      rows: rows, dense: store.dense.weights.slice(owned.lowerBound, owned.count),
      statistics: store.statistics, controller: none, controllerStatistics: none)
  }

  /// Keeps gradients that have no defect; throws when one is not finite.
  func keep(_ push: Push, _ work: Work) throws(GradientError) {
    try pushed[Int(work.step & 1)].keep(push, slice: work.slice)
  }

  /// Applies the step at the version, whose slices are all here.
  func apply() {
    let step = pushed[parts.store.version & 1]
    contributions = step.contributions
    let none = View<UInt32>(count: 0)
    plan.make(contributions.map { $0?.ids ?? none })
    for phase in [Phase.catchUp, .commit] {
      tasks.reset()
      team?.run(phase.rawValue)
    }
    parts.store.finish(contributions)
    step.beginStep(rowsAtMost: parts.sliceCapacity)
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

  private func isNear(_ step: UInt64) -> Bool {
    let version = UInt64(parts.store.version)
    return step == version || step == version + 1
  }

  private func perform(_ phase: Int) {
    let chunks = threads * 4
    while let chunk = tasks.take(below: chunks) {
      switch Phase(rawValue: phase) {
      case .catchUp: parts.store.catchUp(plan, chunk: chunk, of: chunks)
      case .commit: parts.store.commit(plan, contributions, chunk: chunk, of: chunks)
      case nil: preconditionFailure("no phase \(phase)")
      }
    }
  }
}

extension DenseParameters {
  /// The stretch `range` of the optimizer's numbers with this index.
  func ownedState(_ index: Int, _ range: Range<Int>) -> Floats {
    state.slice(index * count + range.lowerBound, range.count)
  }
}
