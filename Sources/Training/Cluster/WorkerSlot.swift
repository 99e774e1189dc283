import Kernels
import Messages
import Search

/// The buffers of one slice that a worker holds: its examples, its rows, its gradients.
///
/// Between `prepare` and the next `prepare` they belong to one slice; a compute thread uses them
/// while the edge thread waits for its report.
final class WorkerSlot: @unchecked Sendable {
  /// Examples and gradients.
  let slice: SliceSlot
  /// The ids of the slice's rows as they were pulled.
  private(set) var pull = Pull(ids: View(count: 0))
  /// What the owner of the rows answered.
  var parameters: Parameters?
  /// The version of the controller that weighs the losses.
  var controllerVersion: UInt64 = 0
  private let parts: RunParts
  private let dense: Floats
  private let statistics: Floats
  private let controller: ControllerState?

  init(parts: RunParts) {
    self.parts = parts
    slice = SliceSlot(parts.trainingSizes)
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
    pull = Pull(ids: slice.unique)
    parameters = nil
  }

  /// What is wrong with an answer to the pull, or nil.
  func defect(_ answer: Parameters) -> String? {
    let expected: [(Parameters.Part, Int)] = [
      (.rows, slice.unique.count * parts.program.rowWidth), (.dense, dense.count),
      (.statistics, statistics.count), (.controller, controller?.dense.count ?? 0),
      (.controllerStatistics, controller?.statistics.count ?? 0),
    ]
    for (part, count) in expected where answer.count(part) != count {
      return "it has \(answer.count(part)) numbers where \(count) belong"
    }
    return nil
  }

  /// Computes the gradients from the answer to the pull.
  func compute(step: Int, member: ComputeMember) {
    guard let parameters else { preconditionFailure("a slice is computed without its rows") }
    parameters.copy(
      .rows, into: member.rows.slice(0, slice.unique.count * parts.program.rowWidth))
    parameters.copy(.dense, into: dense)
    parameters.copy(.statistics, into: statistics)
    if let controller {
      parameters.copy(.controller, into: controller.dense)
      parameters.copy(.controllerStatistics, into: controller.statistics)
    }
    member.train(
      slice, step: step, dense: dense, statistics: statistics, controller: controller)
  }

  /// The gradients as a message.
  var push: Push {
    Push(
      idChecksum: pull.checksum, idCount: pull.ids.count, controllerVersion: controllerVersion,
      sums: PushSums.list(slice.sums),
      rowGradients: slice.rowGradients.slice(0, slice.unique.count * parts.program.rowWidth),
      denseGradient: slice.denseGradient, batchStatistics: slice.batchStatistics)
  }

  /// Bytes of the push's numbers.
  var pushBytes: Int {
    4 * (slice.unique.count * parts.program.rowWidth + dense.count + statistics.count)
  }
}
