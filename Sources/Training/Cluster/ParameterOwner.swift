import Cluster
import Kernels
import Messages
import Optimization

/// The owner of parameters, all or a part: answers pulls, keeps what is pushed, applies steps.
///
/// Belongs to the edge thread of its process; rows are caught up, and steps applied, by a team of
/// threads while that one waits. Rows are caught up once for a step: when they are pulled, or
/// ahead of it, by `lookAhead`, while the workers compute the step before.
final class ParameterOwner: @unchecked Sendable {
  // Unchecked: the edge thread alone changes what is `var`, and not while the team works.

  private enum Phase: Int { case catchUp, read, commit }

  /// Parameters and network.
  let parts: RunParts
  private let slices: Int
  /// For the open steps, in a ring by their number.
  private let pushed: [PushedUnits]
  private var plan: StepPlan
  /// The step and version that the rows of `plan` are caught up for, all slices of the step.
  private var planned: Plan?
  /// The same for the step after it, of which the first `known` rows are there; nil where
  /// parameters may be old, for then nobody knows the version that rows are asked at.
  private let ahead: RowsAhead?
  private var next: StepPlan
  private var plannedNext: Plan?
  private var known = 0
  /// How many rows of `plan` are taken from what was computed ahead.
  private var adopted = 0
  /// What rows are copied next, and where to.
  private var reads: [(rows: View<UInt32>, weights: Floats)] = []
  /// The rows of pulls that are about to be answered.
  private var ready: [Work: Floats] = [:]
  private var buffers: [Floats] = []
  private let tasks = TaskCounter()
  private let threads: Int
  private var contributions: [SliceContribution?]
  private var team: ThreadTeam?

  /// What a plan was made for.
  private struct Plan: Equatable {
    var step: UInt64
    var version: Int
    /// Which slices' lists are those of this process.
    var form: [Bool]
  }

  /// The owner of the store of `parts`, at its version; so many steps are open at once.
  init(parts: RunParts, openSteps: Int, sizes: SliceSizes, threads: Int) {
    self.parts = parts
    self.threads = threads
    let slices = parts.configuration.train.slices
    self.slices = slices
    plan = StepPlan(rowCount: parts.store.rows.rowCount, slices: slices)
    next = StepPlan(rowCount: parts.store.rows.rowCount, slices: slices)
    ahead = parts.configuration.cluster.mode == .sync ? RowsAhead() : nil
    let version = parts.store.version
    let steps = version..<version + openSteps
    pushed = steps.sorted { $0 % openSteps < $1 % openSteps }.map {
      PushedUnits(parts: parts, slices: slices, sizes: sizes, step: UInt64($0))
    }
    contributions = Array(repeating: nil, count: slices)
    team = ThreadTeam(count: threads) { [unowned self] _, phase in perform(phase) }
  }

  deinit { team?.stop() }

  private var store: ParameterStore { parts.store }

  /// Takes note of a pull; returns what is wrong with it, or nil.
  func note(_ pull: Pull, _ work: Work) -> String? { units(work.step)?.note(pull, work) }

  /// What is wrong with a push, or nil.
  func defect(_ push: Push, _ work: Work) -> String? { units(work.step)?.defect(push, work) }

  /// Keeps gradients that have no defect; throws when one is not finite.
  func keep(_ push: Push, _ work: Work) throws(GradientError) {
    try units(work.step)?.keep(push, work)
  }

  /// Takes note of a unit that this process computes itself, as `PushedUnits` does.
  func note(own lists: [View<UInt32>], _ work: Work) { units(work.step)?.note(own: lists, work) }

  /// Keeps gradients that this process has computed itself, as `PushedUnits` does.
  func keep(own gradients: [SliceContribution], _ work: Work) {
    units(work.step)?.keep(own: gradients, work)
  }

  /// Brings the rows of units that were noted up to the version, and copies them for the answers to
  /// the pulls of `works` and for the units that this process computes.
  func prepare(_ works: [Work], own: [OwnRows] = []) {
    guard !works.isEmpty || !own.isEmpty else { return }
    catchUp(works, own)
    ready = [:]
    reads = own.flatMap { zip($0.lists, $0.weights).map { ($0, $1) } }
    for (index, work) in works.enumerated() {
      guard let places = units(work.step)?.places(of: work) else { continue }
      let count = places.count * store.rows.width
      if index == buffers.count { buffers.append(Floats(count: 0)) }
      if buffers[index].count < count { buffers[index] = Floats(count: count + count / 4) }
      let weights = buffers[index].slice(0, count)
      reads.append((places, weights))
      ready[work] = weights
    }
    run(.read)
  }

  private func catchUp(_ works: [Work], _ own: [OwnRows]) {
    let all = works + own.map(\.work)
    guard let step = all.first?.step, let units = units(step) else { return }
    if units.isNoted, all.allSatisfy({ $0.step == step }) {
      let wanted = Plan(step: step, version: store.version, form: units.form)
      if planned == wanted { return }
      units.notePrepared()
      return catchUp(wanted, units)
    }
    planned = nil
    for work in works {
      guard let units = self.units(work.step), let places = units.places(of: work) else { continue }
      catchUp([places])
      units.notePrepared(work)
    }
    for rows in own { catchUp(rows.lists) }
  }

  /// Catches up the rows of all slices of a step; with what was computed ahead, if that still fits.
  private func catchUp(_ wanted: Plan, _ units: PushedUnits) {
    if plannedNext == wanted {
      swap(&plan, &next)
      (adopted, plannedNext) = (known, nil)
    } else {
      plan.make(units.placesBySlice)
    }
    planned = wanted
    run(.catchUp)
    adopted = 0
  }

  private func catchUp(_ lists: [View<UInt32>]) {
    let none = View<UInt32>(count: 0)
    plan.make(lists + Array(repeating: none, count: slices - lists.count))
    run(.catchUp)
  }

  /// Does a little ahead of time for the next step, whose rows may be known while workers compute
  /// this one; true when there is more to do.
  ///
  /// - Parameter count: rows at a time, so few that a message does not wait for long.
  func lookAhead(atMost count: Int = 512) -> Bool {
    guard let ahead, let planned, planned.version == store.version,
      planned.step == UInt64(store.version), let units = units(planned.step + 1)
    else { return false }
    let wanted = Plan(step: planned.step + 1, version: planned.version + 1, form: units.form)
    if plannedNext != wanted {
      guard units.isNoted else { return false }
      next.make(units.placesBySlice)
      ahead.reserve(next.count, for: store.rows.kernel)
      (plannedNext, known) = (wanted, 0)
      return next.count > 0
    }
    guard known < next.count else { return false }
    let range = known..<min(known + count, next.count)
    store.lookAhead(next, range, without: plan, into: ahead)
    known = range.upperBound
    return known < next.count
  }

  /// The answer to the pull that was noted for a unit, valid until the next one; its rows are
  /// prepared if they were not.
  func answer(_ work: Work, controller: ControllerParameters?) -> Parameters? {
    guard let units = units(work.step), units.places(of: work) != nil else { return nil }
    if ready[work] == nil || units.preparedAt(work) != store.version { prepare([work]) }
    guard let rows = ready[work] else { return nil }
    let none = Floats(count: 0)
    let owned = store.ownedDense
    return Parameters(
      version: UInt64(store.version), controllerVersion: UInt64(controller?.updates ?? 0),
      codec: parts.configuration.cluster.pullCodec, rows: rows,
      dense: store.dense.weights.slice(owned.lowerBound, owned.count),
      statistics: store.statistics, controller: controller?.dense.weights ?? none,
      controllerStatistics: controller?.statistics ?? none)
  }

  /// Applies the step at the version, whose slices are all here.
  func apply() {
    let step = UInt64(store.version)
    guard let units = units(step) else { preconditionFailure("step \(step) is not open") }
    contributions = units.contributions
    let wanted = Plan(step: step, version: store.version, form: units.form)
    if planned != wanted { catchUp(wanted, units) }
    run(.commit)
    store.finish(contributions)
    (planned, ready) = (nil, [:])
    units.begin(step: step + UInt64(pushed.count))
  }

  /// What came for an open step; nil for any other.
  private func units(_ step: UInt64) -> PushedUnits? {
    let units = pushed[Int(step % UInt64(pushed.count))]
    return units.step == step ? units : nil
  }

  private func run(_ phase: Phase) {
    tasks.reset()
    team?.run(phase.rawValue)
  }

  private func perform(_ phase: Int) {
    let chunks = threads * 4
    let count = Phase(rawValue: phase) == .read ? chunks * reads.count : chunks
    while let task = tasks.take(below: count) {
      let chunk = task % chunks
      switch Phase(rawValue: phase) {
      case .catchUp:
        store.catchUp(plan, ahead: ahead, known: adopted, chunk: chunk, of: chunks)
      case .read: read(reads[task / chunks], chunk: chunk, of: chunks)
      case .commit: store.commit(plan, contributions, chunk: chunk, of: chunks)
      case nil: preconditionFailure("no phase \(phase)")
      }
    }
  }

  private func read(_ part: (rows: View<UInt32>, weights: Floats), chunk: Int, of chunks: Int) {
    let range = ChunkRange.range(count: part.rows.count, chunk: chunk, of: chunks)
    let width = store.rows.width
    store.read(
      part.rows.slice(range.lowerBound, range.count),
      into: part.weights.slice(range.lowerBound * width, range.count * width))
  }
}

/// The rows of a unit that the process of their owner computes: a list for each slice, and where
/// their weights go.
struct OwnRows {
  var work: Work
  var lists: [View<UInt32>]
  var weights: [Floats]
}
