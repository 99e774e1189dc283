import Cluster
import Datasets
import Foundation
import Messages
import Transport

/// The run that a worker takes part in: its network, its buffers and its compute threads.
final class WorkerJob {
  /// The configuration as the coordinator sent it.
  let configurationText: String
  /// How many servers own the parameters; 0 when the coordinator does.
  let servers: Int
  /// The compute threads.
  let pool: ComputePool
  /// One set of buffers for each slice held.
  let slots: [WorkerSlot]
  private let source: BatchSource

  /// Builds what the coordinator's configuration asks for, on the worker's own copy of the data.
  init(_ welcome: Welcome, dataset: Dataset, threads: Int, capacity: Int) throws {
    configurationText = welcome.configuration
    servers = welcome.serverAddresses.count
    var configuration = try RunConfiguration(
      yaml: welcome.configuration, named: "the coordinator's configuration")
    configuration.data.path = dataset.folder
    let parts = try RunParts(
      configuration, fieldSizes: dataset.fieldSizes, holding: .none)
    guard
      parts.schema.rowCount == welcome.rowCount, parts.program.rowWidth == welcome.rowWidth,
      parts.program.denseCount == welcome.denseCount,
      parts.program.statisticsCount == welcome.statisticsCount
    else {
      throw Failure(
        "this worker's network has other sizes than the coordinator's",
        remedy: "install the same build on all hosts", exitCode: .refused)
    }
    source = try BatchSource(dataset: dataset, parts: parts)
    let servers = servers
    slots = (0..<capacity).map { _ in WorkerSlot(parts: parts, servers: servers) }
    pool = ComputePool(parts: parts, threads: threads)
  }

  /// Lets a compute thread read a slice's examples; reports `prepared` or `failed`.
  func prepare(_ number: Int, _ lease: Lease, report: Mailbox<WorkerEvent>) {
    let slot = slots[number]
    let source = source
    let work = lease.work
    slot.controllerVersion = lease.controllerVersion
    pool.add { member in
      do {
        try slot.prepare(
          step: Int(work.step), slice: work.slice, source: source, member: member)
        report.post(.prepared(slot: number, work))
      } catch {
        report.post(.failed(slot: number, work, "\(error)"))
      }
    }
  }

  /// Lets a compute thread compute a slice whose rows have all come; reports `computed`.
  func compute(_ number: Int, _ lease: Lease, report: Mailbox<WorkerEvent>) {
    let slot = slots[number]
    let work = lease.work
    slot.controllerVersion = lease.controllerVersion
    pool.add { member in
      slot.compute(step: Int(work.step), member: member)
      report.post(.computed(slot: number, work, pushBytes: slot.pushBytes))
    }
  }
}
