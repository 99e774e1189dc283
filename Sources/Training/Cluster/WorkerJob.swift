import Cluster
import Datasets
import Foundation
import Messages
import Optimization
import Transport

/// The run that a worker takes part in: its network, its buffers and its compute threads.
final class WorkerJob {
  /// The configuration as the coordinator sent it.
  let configurationText: String
  /// How many servers own the parameters; 0 when the coordinator does.
  let servers: Int
  /// The compute threads.
  let pool: ComputePool
  /// One set of buffers for each unit held.
  let slots: [WorkerUnit]
  private let source: BatchSource
  private let sliceCount: Int

  /// Builds what the coordinator's configuration asks for, on the worker's own copy of the data.
  init(_ welcome: Welcome, dataset: Dataset, threads: Int, capacity: Int) throws {
    configurationText = welcome.configuration
    servers = welcome.serverAddresses.count
    var configuration = try RunConfiguration(
      yaml: welcome.configuration, named: "the coordinator's configuration")
    configuration.data.path = dataset.folder
    let parts = try RunParts(
      configuration, fieldSizes: dataset.fieldSizes, lists: dataset.lists,
      classes: dataset.classes, holding: .none)
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
    sliceCount = configuration.train.slices
    let servers = servers
    let progress = PoolProgress()
    slots = (0..<capacity).map { _ in
      WorkerUnit(parts: parts, servers: servers, threads: threads, pool: progress)
    }
    pool = ComputePool(parts: parts, threads: threads)
  }

  /// Why `work` is no unit of the run, or nil.
  func defect(_ work: Work) -> String? {
    guard SliceTree.isNode(work.slices, of: sliceCount) else {
      return "a step of \(sliceCount) slices has no unit of \(work)"
    }
    let steps = UInt64(source.schedule.totalSteps)
    return work.step < steps ? nil : "the run has \(steps) steps and no \(work)"
  }

  /// Lets compute threads read a unit's examples; reports `prepared` or `failed`.
  func prepare(_ number: Int, _ lease: Lease, report: Mailbox<WorkerEvent>) {
    let unit = slots[number]
    let source = source
    let work = lease.work
    unit.begin(work)
    unit.progress.expect(work.slices.count)
    for slice in work.slices {
      pool.add(.read) { member in
        let outcome = unit.progress.doing {
          unit.prepare(
            step: Int(work.step), slice: slice, of: work.slices, source: source, member: member)
        }
        switch outcome {
        case .prepared: report.post(.prepared(slot: number, work))
        case .failed(let sentence): report.post(.failed(slot: number, work, sentence))
        case nil: break
        }
      }
    }
  }

  /// The first slice of `work` with a gradient that is not finite, or nil.
  func notFinite(_ work: Work) -> Int? {
    slots.lazy.filter { $0.work == work }.compactMap(\.gradientError).first?.slice
  }

  /// Lets compute threads compute a unit whose rows have all come; reports `computed`, or `failed`
  /// where a gradient is not finite.
  func compute(_ number: Int, _ lease: Lease, report: Mailbox<WorkerEvent>) {
    let unit = slots[number]
    let work = lease.work
    let (pool, names) = (pool, source.rowNames)
    unit.progress.expect(1 + work.slices.count)
    pool.add(.compute) { _ in
      unit.progress.doing { unit.unpack() }
      for place in 0..<unit.count {
        pool.add(.compute) { member in
          let isLast = unit.progress.doing {
            unit.compute(step: Int(work.step), place: place, member: member)
          }
          guard isLast else { return }
          if let error = unit.gradientError {
            report.post(.failed(slot: number, work, error.sentence(names)))
          } else {
            report.post(.computed(slot: number, work, pushBytes: unit.pushBytes))
          }
        }
      }
    }
  }
}
