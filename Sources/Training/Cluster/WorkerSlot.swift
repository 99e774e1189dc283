import Cluster
import Kernels
import Messages
import Optimization
import Search

/// The buffers of one slice that a worker holds: its examples, its rows, its gradients.
///
/// Between `prepare` and the next `prepare` they belong to one slice; a compute thread uses them
/// while the edge thread waits for its report.
final class WorkerSlot: @unchecked Sendable {
  /// Examples and gradients.
  let slice: SliceSlot
  /// What each owner of parameters has to do with the slice, by seat.
  let shares: [SliceShare]
  /// The answer with the controller, where servers own the parameters and the coordinator the
  /// controller.
  var controllerAnswer: Parameters?
  /// The version of the controller that weighs the losses.
  var controllerVersion: UInt64 = 0
  private let parts: RunParts
  private let map: PartitionMap
  private let hasServers: Bool
  private let dense: Floats
  private let statistics: Floats
  private let controller: ControllerState?

  /// Buffers for the slices of a run whose parameters so many servers own; 0 when the coordinator
  /// does.
  init(parts: RunParts, servers: Int = 0) {
    self.parts = parts
    hasServers = servers > 0
    map = PartitionMap(servers: max(servers, 1))
    slice = SliceSlot(parts.trainingSizes)
    let capacity = parts.sliceCapacity * parts.schema.fieldCount
    shares = (0..<map.servers).map { [map] seat in
      SliceShare(
        capacity: capacity, width: parts.program.rowWidth,
        dense: parts.store.dense.range(chunk: seat, of: map.servers), hasStatistics: seat == 0,
        isWhole: map.servers == 1)
    }
    dense = Floats(count: parts.program.denseCount)
    statistics = Floats(count: parts.program.statisticsCount)
    controller = parts.strategy.controller.map {
      ControllerState(
        dense: Floats(count: $0.denseCount), statistics: Floats(count: $0.statisticsCount))
    }
  }

  /// Reads the slice's examples and finds the rows to pull.
  func prepare(step: Int, slice number: Int, source: BatchSource, member: ComputeMember) throws {
    try source.readTraining(step: step, slice: number, into: slice, index: member.index)
    slice.sortUnique()
    controllerAnswer = nil
    for share in shares { share.begin() }
    let unique = slice.unique
    for place in 0..<unique.count {
      let id = unique[place]
      let seat = hasServers ? map.owner(of: RowTable.partition(of: id)) : 0
      shares[seat].add(id, place: place)
    }
    for share in shares { share.end() }
  }

  /// Whether the coordinator is asked for the controller alone.
  var asksForController: Bool { hasServers && controller != nil }

  /// Whether everything that the slice's computation needs has come.
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
    for (part, count) in expected where answer.count(part) != count {
      return "it has \(answer.count(part)) numbers where \(count) belong"
    }
    return nil
  }

  /// Computes the gradients from the answers to the pulls.
  func compute(step: Int, member: ComputeMember) {
    for share in shares {
      share.scatter(rows: member.rows, dense: dense, statistics: statistics)
    }
    if let controller {
      let answer = hasServers ? controllerAnswer : shares[0].answer
      answer?.copy(.controller, into: controller.dense)
      answer?.copy(.controllerStatistics, into: controller.statistics)
    }
    member.train(
      slice, step: step, dense: dense, statistics: statistics, controller: controller)
  }

  /// An owner's part of the gradients as a message.
  func push(seat: Int) -> Push {
    shares[seat].push(
      slice, controllerVersion: controllerVersion, sums: PushSums.list(slice.sums))
  }

  /// What the coordinator is told once all servers have the gradients.
  var delivery: Delivery {
    Delivery(controllerVersion: controllerVersion, sums: PushSums.list(slice.sums))
  }

  /// Bytes of the pushes' numbers.
  var pushBytes: Int {
    4 * (slice.unique.count * parts.program.rowWidth + dense.count + statistics.count)
  }
}
