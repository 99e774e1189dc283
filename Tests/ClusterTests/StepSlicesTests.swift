import Testing

@testable import Cluster

@Suite struct StepSlicesTests {
  @Test func countsWhatIsMissing() {
    var slices = StepSlices(step: 3, count: 2, controllerVersion: 0)
    #expect(slices.lease(0, to: 7, at: 5) == 0)
    #expect(slices.lease(0, to: 8, at: 5) == 1)
    #expect(slices.held(by: 8) == [0])
    #expect(slices.settle(0) == [7, 8])
    #expect(slices.missing == 1 && slices.held(by: 8).isEmpty)
  }

  @Test func knowsItsOwnSlices() {
    let slices = StepSlices(step: 3, count: 2, controllerVersion: 0)
    #expect(slices.contains(Work(step: 3, slice: 1)))
    #expect(!slices.contains(Work(step: 3, slice: 2)))
    #expect(!slices.contains(Work(step: 3, slice: -1)))
    #expect(!slices.contains(Work(step: 2, slice: 1)))
  }

  @Test func aSliceIsOpenWhenNobodyGetsOn() {
    var slices = StepSlices(step: 0, count: 1, controllerVersion: 0)
    func isOpen(at now: Milliseconds) -> Bool {
      slices.isOpen(0, at: now, patience: 100, limit: 2)
    }
    #expect(isOpen(at: 0))
    _ = slices.lease(0, to: 7, at: 0)
    #expect(!isOpen(at: 99) && isOpen(at: 100))
    slices.postpone(by: 50)
    #expect(!isOpen(at: 149) && isOpen(at: 150))
    _ = slices.lease(0, to: 8, at: 150)
    #expect(!isOpen(at: 1000))
    slices.revoke(0, from: 7)
    #expect(isOpen(at: 1000))
  }

  @Test func failuresCountWorkers() {
    var slices = StepSlices(step: 0, count: 1, controllerVersion: 0)
    for worker in [1, 2, 1] as [WorkerIdentity] { slices.fail(0, worker, "said \(worker)") }
    #expect(slices.slices[0].failedWorkers == 2 && slices.slices[0].lastFailure == "said 1")
  }
}
