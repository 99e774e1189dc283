import Cluster
import Foundation
import Testing

@testable import Training

@Suite struct ResidentWorkerTests {
  private func worker(_ scene: StepScene) -> ResidentWorker {
    let worker = ResidentWorker(
      parts: scene.parts, source: scene.setup.source, threads: 2, identity: 5)
    worker.join()
    return worker
  }

  private func lease(_ step: UInt64, _ slices: Range<Int> = 0..<2) -> Lease {
    Lease(work: Work(step: step, slices: slices), attempt: 3, milliseconds: 1000)
  }

  /// The next `count` reports of its threads.
  private func reports(
    _ worker: ResidentWorker, _ count: Int = 1
  ) throws -> [ResidentWorker.Event] {
    var events: [ResidentWorker.Event] = []
    for _ in 0..<2000 {
      events += worker.mailbox.drain()
      if events.count == count { return events }
      Thread.sleep(forTimeInterval: 0.01)
    }
    throw Failure("no thread reports", remedy: "look at the pool", exitCode: .internalFault)
  }

  private func read(_ worker: ResidentWorker, _ count: Int = 1) throws -> [ResidentUnit] {
    try reports(worker, count).compactMap { if case .read(let unit) = $0 { unit } else { nil } }
  }

  @Test func computesWhatItIsLeased() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let worker = worker(scene)
    defer { worker.leave() }
    #expect(worker.isMember)
    worker.begin(lease(0))
    worker.begin(lease(0))
    let unit = try #require(try read(worker).first)
    #expect(worker.unit(lease(0).work) === unit)
    #expect(worker.progress == [Progress(work: lease(0).work, attempt: 3, amount: 2)])
    unit.stage = .pulling
    _ = unit.rows(lease(0).work)
    unit.take(from: scene.parts.store, nil)
    worker.compute(unit)
    guard case .computed(let done)? = try reports(worker).first else {
      Issue.record("not computed")
      return
    }
    #expect(done === unit && unit.progress == 4)
    unit.stage = .kept
    #expect(worker.progress.isEmpty, "what is kept is no work any more")
    worker.settle(lease(0).work)
    worker.forget(below: 0)
    #expect(unit.stage == .kept, "the step may still be applied")
    worker.forget(below: 1)
    #expect(unit.stage == .free)
    worker.begin(lease(1))
    #expect(try read(worker).first === unit, "its buffers are used again")
  }

  @Test func whatOthersDeliveredIsDropped() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let worker = worker(scene)
    worker.begin(lease(0))
    worker.settle(lease(0).work)
    #expect(worker.unit(lease(0).work) == nil && worker.progress.isEmpty)
    // The same work may come again while threads still have the first one.
    worker.begin(lease(0))
    let units = try read(worker, 2)
    #expect(units.count == 2 && units[0] !== units[1])
    #expect(units.filter(\.isSettled).count == 1)
    let open = try #require(units.first { !$0.isSettled })
    open.stage = .pulling
    worker.settle(lease(0).work)
    #expect(open.stage == .free)
    worker.leave()
    #expect(!worker.isMember)
    worker.leave()
  }
}
