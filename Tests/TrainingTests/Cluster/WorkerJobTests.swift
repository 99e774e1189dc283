import Cluster
import Foundation
import Messages
import Testing
import Transport

@testable import Training

@Suite struct WorkerJobTests {
  private let lease = Lease(
    work: Work(step: 2, slice: 1), attempt: 0, milliseconds: 5000, controllerVersion: 3)

  private func welcome(_ scene: StepScene) -> Welcome {
    let program = scene.parts.program
    return Welcome(
      configuration: scene.parts.configuration.yaml, dataAddress: "tcp://127.0.0.1:1",
      rowCount: UInt64(scene.parts.schema.rowCount), rowWidth: UInt32(program.rowWidth),
      denseCount: UInt64(program.denseCount), statisticsCount: UInt64(program.statisticsCount))
  }

  /// The next report of a compute thread.
  private func report(_ mailbox: Mailbox<WorkerEvent>) -> WorkerEvent? {
    for _ in 0..<1000 {
      if let event = mailbox.drain().first { return event }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return nil
  }

  @Test func preparesAndComputesASlice() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "autoloss" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 1, capacity: 2)
    defer { job.pool.stop() }
    let mailbox = Mailbox<WorkerEvent>()
    job.prepare(1, lease, report: mailbox)
    #expect(report(mailbox) == .prepared(slot: 1, lease.work))
    let slot = job.slots[1]
    let share = slot.shares[0]
    share.answer = WorkerSlotTests.answer(scene.parts, share.pull)
    job.compute(1, lease, report: mailbox)
    #expect(report(mailbox) == .computed(slot: 1, lease.work, pushBytes: slot.pushBytes))
    #expect(slot.push(seat: 0).controllerVersion == 3)
    #expect(slot.slice.denseGradient.array.contains { $0 != 0 })
  }

  @Test func aNetworkOfOtherSizesIsRefused() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    var other = welcome(scene)
    other.denseCount += 1
    let error = #expect(throws: Failure.self) {
      try WorkerJob(other, dataset: scene.setup.dataset, threads: 1, capacity: 1)
    }
    #expect(error?.exitCode == .refused)
  }

  @Test func oneProcessServesOneConfigurationAfterTheOther() throws {
    let fixture = try RunFixture()
    let mailbox = Mailbox<WorkerEvent>()
    for (loss, hidden) in [("fixed:ce", [16, 8]), ("autoloss", [12]), ("fixed:ce", [16, 8])] {
      let scene = try StepScene(fixture) {
        $0.loss = loss
        $0.model.hidden = hidden
      }
      let job = try WorkerJob(
        welcome(scene), dataset: scene.setup.dataset, threads: 2, capacity: 2)
      job.prepare(1, lease, report: mailbox)
      #expect(report(mailbox) == .prepared(slot: 1, lease.work))
      let slot = job.slots[1]
      let share = slot.shares[0]
      share.answer = WorkerSlotTests.answer(scene.parts, share.pull)
      job.compute(1, lease, report: mailbox)
      job.pool.stop()
      #expect(report(mailbox) == .computed(slot: 1, lease.work, pushBytes: slot.pushBytes))
      #expect(slot.slice.denseGradient.array == (try denseGradient(scene)))
    }
  }

  /// ∂L/∂dense of the lease's slice, computed in this thread.
  private func denseGradient(_ scene: StepScene) throws -> [Float] {
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let slot = SliceSlot(parts.trainingSizes)
    try scene.setup.source.readTraining(
      step: Int(lease.work.step), slice: lease.work.slice, into: slot, index: member.index)
    parts.store.peek(slot.unique, into: member.rows)
    member.train(
      slot, step: Int(lease.work.step), dense: parts.store.dense.weights,
      statistics: parts.store.statistics, controller: parts.controller?.state)
    return slot.denseGradient.array
  }
}
