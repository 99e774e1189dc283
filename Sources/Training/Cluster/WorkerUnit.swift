import Cluster
import Kernels
import Messages
import Optimization
import Search
import Synchronization

/// The buffers of one unit that a worker holds: its slices, its rows, its gradients.
///
/// Between one `reserve` and the next they belong to one unit; compute threads use them, each a
/// slice at a time, while the edge thread waits for their report. Memory grows to the largest unit
/// seen and is then reused.
final class WorkerUnit: @unchecked Sendable {
  // Unchecked: the edge thread changes what is `var` while no compute thread works on the unit,
  // and of several compute threads the last one does.

  /// Examples and gradients of slices; the first `count` are the unit's.
  private(set) var slices: [SliceSlot] = []
  /// How many slices the unit has.
  private(set) var count = 0
  /// What it is; nil before the first.
  private(set) var work: Work?
  /// How far compute threads are with it.
  let progress: UnitProgress
  /// What of that was told.
  private var told: UInt64 = 0
  /// What each owner of parameters has to do with the unit, by seat.
  let shares: [UnitShare]
  /// The answer with the controller, where servers own the parameters and the coordinator the
  /// controller.
  var controllerAnswer: Parameters?
  private let parts: RunParts
  private let map: PartitionMap
  private let hasServers: Bool
  private let dense: Floats
  private let statistics: Floats
  private let controller: ControllerState?
  private let order = AscendingOrder()
  /// The different rows of all slices, ascending; of each, for each slice, its place among the
  /// slice's rows, or −1.
  private var rowCount = 0
  private var ids = View<UInt32>(count: 0)
  private var positions = View<Int32>(count: 0)
  private var unordered = View<Int32>(count: 0)
  private var places = View<Int32>(count: 0)
  private var rows = Floats(count: 0)
  private var sum: UnitSum
  private var origin = PushOrigin(version: 0, controllerVersion: 0)
  /// Slices that are still being read or computed.
  private let open = Atomic<Int>(0)
  private let failure = Mutex<String?>(nil)
  private let notFinite = Mutex<GradientError?>(nil)
  private let clock = ComputeClock()
  /// How many threads compute.
  private let threads: Int

  /// Buffers for the units of a run whose parameters so many servers own; 0 when the coordinator
  /// does. So many threads compute, and have got `pool` done.
  init(
    parts: RunParts, servers: Int = 0, threads: Int = 1, pool: PoolProgress = PoolProgress()
  ) {
    self.parts = parts
    self.threads = threads
    progress = UnitProgress(pool)
    hasServers = servers > 0
    map = PartitionMap(servers: max(servers, 1))
    shares = (0..<map.servers).map { [map] seat in
      UnitShare(
        width: parts.program.rowWidth,
        dense: parts.store.dense.range(chunk: seat, of: map.servers), hasStatistics: seat == 0,
        isWhole: map.servers == 1, codec: parts.configuration.cluster.pushCodec)
    }
    dense = Floats(count: parts.program.denseCount)
    statistics = Floats(count: parts.program.statisticsCount)
    sum = UnitSum(
      rowGradients: Floats(count: 0), denseGradient: Floats(count: dense.count),
      batchStatistics: Floats(count: statistics.count))
    controller = parts.strategy.controller.map {
      ControllerState(
        dense: Floats(count: $0.denseCount), statistics: Floats(count: $0.statisticsCount))
    }
  }

  /// Makes room for a unit, before compute threads read its slices.
  func begin(_ work: Work) {
    self.work = work
    reserve(work.slices.count)
  }

  /// The unit, if compute threads have got on with it since this was asked last.
  func takeProgress() -> Work? {
    let amount = progress.amount
    guard amount > told else { return nil }
    told = amount
    return work
  }

  /// Makes room for a unit of `count` slices.
  func reserve(_ count: Int) {
    while slices.count < count { slices.append(SliceSlot(parts.trainingSizes)) }
    self.count = count
    open.store(count, ordering: .relaxed)
    failure.withLock { $0 = nil }
    notFinite.withLock { $0 = nil }
    controllerAnswer = nil
  }

  /// What became of a unit whose slices have all been read.
  enum Outcome {
    /// The rows to pull are known.
    case prepared
    /// A slice could not be read, and why.
    case failed(String)
  }

  /// Reads the examples of a slice of `unit`; nil unless it is the last one.
  func prepare(
    step: Int, slice number: Int, of unit: Range<Int>, source: BatchSource, member: ComputeMember
  ) -> Outcome? {
    do {
      try source.readTraining(
        step: step, slice: number, into: slices[number - unit.lowerBound], index: member.index)
    } catch {
      failure.withLock { $0 = $0 ?? "\(error)" }
    }
    guard isLast() else { return nil }
    if let sentence = failure.withLock({ $0 }) { return .failed(sentence) }
    findRows(member.index)
    open.store(count, ordering: .relaxed)
    return .prepared
  }

  /// Whether the coordinator is asked for the controller alone.
  var asksForController: Bool { hasServers && controller != nil }

  /// Whether everything that the unit's computation needs has come.
  var isAnswered: Bool {
    shares.allSatisfy { $0.answer != nil } && (!asksForController || controllerAnswer != nil)
  }

  /// Whether all owners have the gradients.
  var isDelivered: Bool { shares.allSatisfy(\.isDelivered) }

  /// What is wrong with an owner's answer to its pull, or nil.
  func defect(_ answer: Parameters, seat: Int) -> String? {
    let share = shares[seat]
    return defect(
      answer,
      [
        (.rows, share.rowCount * parts.program.rowWidth), (.dense, share.dense.count),
        (.statistics, share.hasStatistics ? statistics.count : 0),
        (.controller, hasServers ? 0 : controller?.dense.count ?? 0),
        (.controllerStatistics, hasServers ? 0 : controller?.statistics.count ?? 0),
      ])
  }

  /// What is wrong with the coordinator's answer about the controller, or nil.
  func defect(ofController answer: Parameters) -> String? {
    defect(
      answer,
      [
        (.rows, 0), (.dense, 0), (.statistics, 0), (.controller, controller?.dense.count ?? 0),
        (.controllerStatistics, controller?.statistics.count ?? 0),
      ])
  }

  private func defect(_ answer: Parameters, _ expected: [(Parameters.Part, Int)]) -> String? {
    let codec = parts.configuration.cluster.pullCodec
    guard answer.codec == codec else {
      return "its numbers are written as \(answer.codec) where \(codec) is agreed"
    }
    for (part, count) in expected where answer.count(part) != count {
      return "it has \(answer.count(part)) numbers where \(count) belong"
    }
    return nil
  }

  /// Puts the answers to the pulls where the slices find them.
  func unpack() {
    clock.reset()
    clock.timing(takeAnswers)
  }

  private func takeAnswers() {
    for share in shares { share.scatter(rows: rows, dense: dense, statistics: statistics) }
    let source = hasServers ? controllerAnswer : shares[0].answer
    if let controller {
      source?.copy(.controller, into: controller.dense)
      source?.copy(.controllerStatistics, into: controller.statistics)
    }
    let version = shares.compactMap { $0.answer?.version }.min()
    origin = PushOrigin(
      version: version ?? 0, controllerVersion: source?.controllerVersion ?? 0)
    // The memory of what was received goes back.
    for share in shares { share.answer = nil }
    controllerAnswer = nil
  }

  /// Computes the gradients of a slice and looks whether they are finite; true for the last one,
  /// after which their sum is there.
  func compute(step: Int, place: Int, member: ComputeMember) -> Bool {
    clock.timing {
      RowPlaces.copy(
        rows, width: parts.program.rowWidth, count: rowCount, positions: positions,
        slices: count, slice: place, into: member.rows)
      member.train(
        slices[place], step: step, dense: dense, statistics: statistics, controller: controller)
      validate(place, step: step)
    }
    guard isLast() else { return false }
    clock.timing(sumGradients)
    return true
  }

  /// The first slice's gradient that is not finite, or nil.
  var gradientError: GradientError? { notFinite.withLock(\.self) }

  private func validate(_ place: Int, step: Int) {
    do throws(GradientError) {
      try parts.store.validate(
        slices[place].contribution, step: step, slice: (work?.slices.lowerBound ?? 0) + place)
    } catch {
      notFinite.withLock { $0 = error.first(of: $0) }
    }
  }

  /// An owner's part of the gradients as a message.
  func push(seat: Int) -> Push { shares[seat].push(sum, delivery: delivery) }

  /// What was computed: the coordinator is told of it once all servers have the gradients.
  var delivery: Delivery {
    Delivery(
      version: origin.version, controllerVersion: origin.controllerVersion,
      computeMicroseconds: clock.microseconds(threads: min(threads, count)),
      sums: PushSums.list(slices.prefix(count).map(\.sums)))
  }

  /// Bytes of the pushes' numbers.
  var pushBytes: Int {
    Push.byteCount(
      parts.configuration.cluster.pushCodec, rows: rowCount, rowWidth: parts.program.rowWidth,
      dense: dense.count, statistics: statistics.count,
      counted: sum.occurrences == nil ? 0 : rowCount)
  }

  /// How many examples the unit has.
  var examples: Int { slices.prefix(count).reduce(0) { $0 + $1.rows.count } }

  private func isLast() -> Bool {
    open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }

  /// Merges the slices' lists of different rows into one that ascends, and shares it out.
  private func findRows(_ index: SliceIndex) {
    let lists = slices.prefix(count).map(\.unique)
    let total = lists.reduce(0) { $0 + $1.count }
    if ids.count < total {
      ids = View(count: total + total / 4)
      places = View(count: ids.count)
      rows = Floats(count: ids.count * parts.program.rowWidth)
      sum.rowGradients = Floats(count: rows.count)
      if parts.configuration.gradientClip != nil { sum.occurrences = Floats(count: ids.count) }
    }
    if positions.count < total * count {
      positions = View(count: ids.count * count)
      unordered = View(count: ids.count * count)
    }
    rowCount = index.merge(lists, unique: ids, positions: unordered)
    order.sort(ids, count: rowCount, order: places)
    for row in 0..<rowCount {
      let old = Int(places[row]) * count
      for slice in 0..<count { positions[row * count + slice] = unordered[old + slice] }
    }
    for share in shares { share.begin(capacity: rowCount) }
    let unique = ids.slice(0, rowCount)
    guard shares.count > 1 else { return shares[0].take(all: unique) }
    for place in 0..<rowCount {
      let id = unique[place]
      shares[map.owner(of: RowTable.partition(of: id))].add(id, place: place)
    }
    for share in shares { share.end() }
  }

  private func sumGradients() {
    parts.store.rows.kernel.sum(
      range: 0..<rowCount, positions: positions, slices: count, into: sum.rowGradients
    ) { slices[$0].present?.rowGradients }
    GradientTree.sum(
      slices: count, range: 0..<dense.count, into: sum.denseGradient
    ) { slices[$0].present?.denseGradient }
    GradientTree.sum(
      slices: count, range: 0..<statistics.count, into: sum.batchStatistics
    ) { slices[$0].present?.batchStatistics }
    sumOccurrences()
  }

  private func sumOccurrences() {
    guard let total = sum.occurrences else { return }
    RowPlaces.sum(range: 0..<rowCount, positions: positions, slices: count, into: total) {
      slices[$0].occurrences
    }
  }
}

extension SliceSlot {
  /// The slot, unless its slice has no examples and so no part in any sum.
  fileprivate var present: SliceSlot? { rows.count > 0 ? self : nil }
}
