import Cluster
import Foundation
import Kernels
import Messages
import Testing
import Transport

@testable import Training

@Suite struct WorkerJobTests {
  private let lease = Lease(
    work: Work(step: 2, slices: 2..<4), attempt: 0, milliseconds: 5000)

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

  @Test func preparesAndComputesAUnit() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "autoloss" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 1, capacity: 2)
    defer { job.pool.stop() }
    let mailbox = Mailbox<WorkerEvent>()
    job.prepare(1, lease, report: mailbox)
    #expect(report(mailbox) == .prepared(slot: 1, lease.work))
    let unit = job.slots[1]
    let share = unit.shares[0]
    share.answer = WorkerUnitTests.answer(scene.parts, share.pull)
    job.compute(1, lease, report: mailbox)
    #expect(report(mailbox) == .computed(slot: 1, lease.work, pushBytes: unit.pushBytes))
    #expect(unit.delivery.version == 0)
    #expect(try denseGradient(unit) == denseGradient(scene))
  }

  /// Whoever computes the slice comes to the same: the coordinator is told which one it is.
  @Test func aGradientThatIsNotFiniteIsToldOfItsSlice() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "fixed:ce" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 2, capacity: 2)
    defer { job.pool.stop() }
    let mailbox = Mailbox<WorkerEvent>()
    scene.parts.store.dense.weights.fill(.nan)
    job.prepare(1, lease, report: mailbox)
    #expect(report(mailbox) == .prepared(slot: 1, lease.work))
    let share = job.slots[1].shares[0]
    share.answer = WorkerUnitTests.answer(scene.parts, share.pull)
    job.compute(1, lease, report: mailbox)
    guard case .failed(slot: 1, lease.work, let sentence)? = report(mailbox) else {
      Issue.record("it did not fail")
      return
    }
    #expect(sentence.hasSuffix(" is not finite; nothing of this step was applied"))
    #expect(sentence.contains("(field "), "\(sentence)")
    #expect(job.notFinite(lease.work) == 2)
    #expect(job.notFinite(Work(step: 2, slices: 0..<2)) == nil)
    let error = try #require(job.slots[1].gradientError)
    #expect(error.step == 2 && error.slice == 2)
    // The next unit in these buffers begins anew.
    job.prepare(1, lease, report: mailbox)
    #expect(report(mailbox) == .prepared(slot: 1, lease.work))
    #expect(job.notFinite(lease.work) == nil)
  }

  /// What compute threads get done is told without their reports.
  @Test func everySliceIsProgress() throws {
    let scene = try StepScene(RunFixture()) { $0.loss = "fixed:ce" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 1, capacity: 2)
    defer { job.pool.stop() }
    let mailbox = Mailbox<WorkerEvent>()
    let unit = job.slots[1]
    #expect(unit.takeProgress() == nil)
    job.prepare(1, lease, report: mailbox)
    #expect(report(mailbox) == .prepared(slot: 1, lease.work))
    #expect(unit.progress.amount == 2 && unit.takeProgress() == lease.work)
    #expect(unit.takeProgress() == nil)
    let share = unit.shares[0]
    share.answer = WorkerUnitTests.answer(scene.parts, share.pull)
    job.compute(1, lease, report: mailbox)
    #expect(report(mailbox) == .computed(slot: 1, lease.work, pushBytes: unit.pushBytes))
    #expect(unit.progress.amount == 5 && unit.takeProgress() == lease.work)
  }

  /// What a lease may name: nodes of the tree over the slices, of steps that the run has.
  @Test func knowsTheUnitsOfTheRun() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 1, capacity: 1)
    defer { job.pool.stop() }
    let steps = UInt64(scene.setup.source.schedule.totalSteps)
    let nodes = [0..<4, 0..<2, 2..<4, 0..<1, 1..<2, 2..<3, 3..<4]
    for first in 0..<6 {
      for count in 0..<7 {
        let slices = first..<first + count
        let defect = job.defect(Work(step: 0, slices: slices))
        #expect((defect == nil) == nodes.contains(slices), "\(slices): \(defect ?? "")")
      }
    }
    #expect(job.defect(Work(step: steps - 1, slice: 0)) == nil)
    for step in [steps, 1 << 63, .max] {
      let sentence = "the run has \(steps) steps and no slice 0 of step \(step)"
      #expect(job.defect(Work(step: step, slice: 0)) == sentence)
    }
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
      let unit = job.slots[1]
      let share = unit.shares[0]
      share.answer = WorkerUnitTests.answer(scene.parts, share.pull)
      job.compute(1, lease, report: mailbox)
      job.pool.stop()
      #expect(report(mailbox) == .computed(slot: 1, lease.work, pushBytes: unit.pushBytes))
      #expect(try denseGradient(unit) == denseGradient(scene))
    }
  }

  private func denseGradient(_ unit: WorkerUnit) -> [Float] {
    let push = unit.push(seat: 0)
    let gradient = Floats(count: push.count(.denseGradient))
    push.copy(.denseGradient, into: gradient)
    return gradient.array
  }

  /// ∂L/∂dense of the lease's slices, computed in this thread.
  private func denseGradient(_ scene: StepScene) throws -> [Float] {
    let parts = scene.parts
    let member = ComputeMember(parts: parts, capacity: parts.sliceCapacity)
    let step = Int(lease.work.step)
    let gradients = try lease.work.slices.map { slice in
      let slot = SliceSlot(parts.trainingSizes)
      try scene.setup.source.readTraining(
        step: step, slice: slice, into: slot, index: member.index)
      parts.store.peek(slot.unique, into: member.rows)
      member.train(
        slot, step: step, dense: parts.store.dense.weights,
        statistics: parts.store.statistics, controller: parts.controller?.state)
      return slot.denseGradient
    }
    let sum = Floats(count: parts.program.denseCount)
    GradientTree.sum(gradients, range: 0..<sum.count, into: sum)
    return sum.array
  }

  /// All slices of a unit fail, on several threads: the coordinator hears one sentence.
  @Test func aUnitThatCannotBeReadFailsOnce() throws {
    let fixture = try RunFixture(rows: 400)
    let scene = try StepScene(fixture) { $0.loss = "fixed:ce" }
    let job = try WorkerJob(
      welcome(scene), dataset: scene.setup.dataset, threads: 2, capacity: 1)
    defer { job.pool.stop() }
    try fixture.damageShards()
    let mailbox = Mailbox<WorkerEvent>()
    var failed: [Work] = []
    for step in 0..<2 as Range<UInt64> {
      let work = Work(step: step, slices: 0..<4)
      job.prepare(0, Lease(work: work, attempt: 0, milliseconds: 5000), report: mailbox)
      for _ in 0..<1000 where !failed.contains(work) {
        Thread.sleep(forTimeInterval: 0.01)
        for event in mailbox.drain() {
          guard case .failed(slot: 0, let work, let sentence) = event else {
            Issue.record("\(event)")
            continue
          }
          #expect(sentence.contains("group"))
          failed.append(work)
        }
      }
    }
    #expect(failed == [Work(step: 0, slices: 0..<4), Work(step: 1, slices: 0..<4)])
  }
}
