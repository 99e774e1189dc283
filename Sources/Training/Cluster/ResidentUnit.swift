import Cluster
import Kernels
import Optimization
import Search
import Synchronization

/// The buffers of one unit that the coordinator's own threads compute.
///
/// Each slice keeps its rows and gradients apart: the owner sums over slices anyway, and takes them
/// from here. Memory grows to the largest unit seen and is then reused.
final class ResidentUnit: @unchecked Sendable {
  // Unchecked: the edge thread changes what is `var`, and not while compute threads have the unit.

  /// How far the unit is.
  enum Stage { case free, reading, pulling, computing, computed, kept }

  /// What it is; nil while it is free.
  private(set) var lease: Lease?
  /// How far it is.
  var stage = Stage.free
  /// Whether nobody wants its gradients any more.
  var isSettled = false
  /// Examples and gradients of slices; the first `count` are the unit's.
  private var slices: [SliceSlot] = []
  private var count = 0
  private var weights: [Floats] = []
  private let dense: Floats
  private let statistics: Floats
  private let controller: ControllerState?
  private var source = PushOrigin(version: 0, controllerVersion: 0)
  private let parts: RunParts
  private let open = Atomic<Int>(0)
  private let clock = ComputeClock()
  private let threads: Int
  private let progressed: UnitProgress
  private let failure = Mutex<String?>(nil)
  private let defect = Mutex<GradientError?>(nil)

  /// Buffers for the units of a run that so many threads compute, which have got `pool` done.
  init(parts: RunParts, threads: Int = 1, pool: PoolProgress = PoolProgress()) {
    self.parts = parts
    self.threads = threads
    progressed = UnitProgress(pool)
    dense = Floats(count: parts.program.denseCount)
    statistics = Floats(count: parts.program.statisticsCount)
    controller = parts.strategy.controller.map {
      ControllerState(
        dense: Floats(count: $0.denseCount), statistics: Floats(count: $0.statisticsCount))
    }
  }

  /// Begins another unit.
  func begin(_ lease: Lease) {
    self.lease = lease
    count = lease.work.slices.count
    while slices.count < count {
      slices.append(SliceSlot(parts.trainingSizes))
      weights.append(Floats(count: 0))
    }
    (stage, isSettled) = (.reading, false)
    open.store(count, ordering: .relaxed)
    progressed.expect(count)
    failure.withLock { $0 = nil }
    defect.withLock { $0 = nil }
  }

  /// Gives the buffers back.
  func release() { (lease, stage) = (nil, .free) }

  /// A number that grows while the unit gets on.
  var progress: UInt64 { progressed.amount }

  /// Reads the examples of a slice; true for the last one.
  func read(_ place: Int, of work: Work, source: BatchSource, member: ComputeMember) -> Bool {
    progressed.doing {
      do {
        try source.readTraining(
          step: Int(work.step), slice: work.slices.lowerBound + place, into: slices[place],
          index: member.index)
      } catch {
        failure.withLock { $0 = $0 ?? "\(error)" }
      }
    }
    return isLast()
  }

  /// Why the examples could not be read, or nil.
  var sentence: String? { failure.withLock(\.self) }

  /// The rows of each slice.
  var lists: [View<UInt32>] { slices.prefix(count).map(\.unique) }

  /// Where the weights of the rows go, before `take`.
  func rows(_ work: Work) -> OwnRows {
    for place in 0..<count {
      let needed = slices[place].unique.count * parts.program.rowWidth
      if weights[place].count < needed { weights[place] = Floats(count: needed + needed / 4) }
    }
    return OwnRows(
      work: work, lists: lists,
      weights: (0..<count).map {
        weights[$0].slice(0, slices[$0].unique.count * parts.program.rowWidth)
      })
  }

  /// Takes everything else that it is computed from, at the same version as the rows.
  func take(from store: ParameterStore, _ parameters: ControllerParameters?) {
    dense.copy(from: store.dense.weights)
    statistics.copy(from: store.statistics)
    if let controller, let parameters {
      controller.dense.copy(from: parameters.dense.weights)
      controller.statistics.copy(from: parameters.statistics)
    }
    source = PushOrigin(
      version: UInt64(store.version), controllerVersion: UInt64(parameters?.updates ?? 0))
    open.store(count, ordering: .relaxed)
    progressed.expect(count)
    clock.reset()
    stage = .computing
  }

  /// Computes the gradients of a slice and looks whether they are finite; true for the last one.
  func compute(_ place: Int, of work: Work, member: ComputeMember) -> Bool {
    progressed.doing { compute(slice: place, of: work, member) }
    return isLast()
  }

  private func compute(slice place: Int, of work: Work, _ member: ComputeMember) {
    clock.timing {
      let slot = slices[place]
      let used = slot.unique.count * parts.program.rowWidth
      member.rows.slice(0, used).copy(from: weights[place].slice(0, used))
      member.train(
        slot, step: Int(work.step), dense: dense, statistics: statistics, controller: controller)
      do throws(GradientError) {
        try parts.store.validate(
          slot.contribution, step: Int(work.step), slice: work.slices.lowerBound + place)
      } catch {
        defect.withLock { $0 = error.first(of: $0) }
      }
    }
  }

  /// What it was computed from, and how long that took.
  var origin: PushOrigin {
    var origin = source
    origin.computing = Double(clock.microseconds(threads: min(threads, count))) / 1000
    return origin
  }

  /// The first slice's gradient that is not finite, or nil.
  var gradientError: GradientError? { defect.withLock(\.self) }

  /// The gradients, slice by slice.
  var contributions: [SliceContribution] { slices.prefix(count).map(\.contribution) }

  /// The sums for the log, slice by slice.
  var sums: [StrategySums] { slices.prefix(count).map(\.sums) }

  private func isLast() -> Bool {
    open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }
}
