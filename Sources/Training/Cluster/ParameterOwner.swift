import Cluster
import Kernels
import Messages
import Optimization

/// The owner of parameters, all or a part: answers pulls, keeps what is pushed, applies steps.
///
/// Belongs to the edge thread of its process; rows are caught up, and steps applied, by a team of
/// threads while that one waits. Rows are caught up once for a step, when they are pulled.
final class ParameterOwner: @unchecked Sendable {
  // Unchecked: the edge thread alone changes what is `var`, and not while the team works.

  private enum Phase: Int { case catchUp, commit }

  /// Parameters and network.
  let parts: RunParts
  private let slices: Int
  /// For the open steps, in a ring by their number.
  private let pushed: [PushedUnits]
  private let plan: StepPlan
  /// The step and version that the rows of `plan` are caught up for, all slices of the step.
  private var planned: (step: UInt64, version: Int)?
  private let tasks = TaskCounter()
  private let threads: Int
  private var contributions: [SliceContribution?]
  private var rowBuffer = Floats(count: 0)
  private var team: ThreadTeam?

  /// The owner of the store of `parts`, at its version; so many steps are open at once.
  init(parts: RunParts, openSteps: Int, sizes: SliceSizes, threads: Int) {
    self.parts = parts
    self.threads = threads
    let slices = parts.configuration.train.slices
    self.slices = slices
    plan = StepPlan(rowCount: parts.store.rows.rowCount, slices: slices)
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

  /// Brings the rows of units that were noted up to the version, before they are answered.
  func prepare(_ works: [Work]) {
    guard let step = works.first?.step, let units = units(step) else { return }
    let isWhole = units.isNoted && works.allSatisfy { $0.step == step }
    if isWhole, planned?.step == step, planned?.version == store.version { return }
    if isWhole {
      plan.make(units.placesBySlice)
      planned = (step, store.version)
      units.notePrepared()
      return run(.catchUp)
    }
    planned = nil
    for work in works {
      guard let places = self.units(work.step)?.places(of: work) else { continue }
      var lists = Array(repeating: View<UInt32>(count: 0), count: slices)
      lists[0] = places
      plan.make(lists)
      self.units(work.step)?.notePrepared(work)
      run(.catchUp)
    }
  }

  /// The answer to the pull that was noted for a unit, valid until the next one; its rows are
  /// prepared if they were not.
  func answer(_ work: Work, controller: ControllerParameters?) -> Parameters? {
    guard let units = units(work.step), let places = units.places(of: work) else { return nil }
    if units.preparedAt(work) != store.version { prepare([work]) }
    let count = places.count * store.rows.width
    if rowBuffer.count < count { rowBuffer = Floats(count: count + count / 4) }
    let rows = rowBuffer.slice(0, count)
    store.read(places, into: rows)
    let none = Floats(count: 0)
    let owned = store.ownedDense
    return Parameters(
      version: UInt64(store.version), controllerVersion: UInt64(controller?.updates ?? 0),
      rows: rows, dense: store.dense.weights.slice(owned.lowerBound, owned.count),
      statistics: store.statistics, controller: controller?.dense.weights ?? none,
      controllerStatistics: controller?.statistics ?? none)
  }

  /// Applies the step at the version, whose slices are all here.
  func apply() {
    let step = UInt64(store.version)
    guard let units = units(step) else { preconditionFailure("step \(step) is not open") }
    contributions = units.contributions
    if planned?.step != step || planned?.version != store.version {
      plan.make(units.placesBySlice)
      run(.catchUp)
    }
    run(.commit)
    store.finish(contributions)
    planned = nil
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
    while let chunk = tasks.take(below: chunks) {
      switch Phase(rawValue: phase) {
      case .catchUp: store.catchUp(plan, chunk: chunk, of: chunks)
      case .commit: store.commit(plan, contributions, chunk: chunk, of: chunks)
      case nil: preconditionFailure("no phase \(phase)")
      }
    }
  }
}
