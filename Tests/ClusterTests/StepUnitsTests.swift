import Testing

@testable import Cluster

@Suite struct StepUnitsTests {
  /// A step of four slices: two units of worker 7, one of worker 8.
  private static func cut() -> StepUnits {
    var step = StepUnits(step: 3, sliceCount: 4)
    step.cut([(7, 3), (9, 0), (8, 1)])
    return step
  }

  @Test func aStepIsCutIntoNodes() {
    var step = StepUnits(step: 3, sliceCount: 4)
    #expect(!step.isCut && !step.isComplete)
    step = Self.cut()
    #expect(step.units.map(\.slices) == [0..<2, 2..<3, 3..<4])
    #expect(step.units.map(\.intended) == [7, 7, 8])
    #expect(step.awaited == [7, 7, 8])
  }

  @Test func aStepIsCutIntoSlicesWhereTheyMayNotBeSummed() {
    var step = StepUnits(step: 3, sliceCount: 4)
    step.cut([(7, 3), (9, 0), (8, 1)], singly: true)
    #expect(step.units.map(\.slices) == [0..<1, 1..<2, 2..<3, 3..<4])
    #expect(step.units.map(\.intended) == [7, 7, 7, 8])
    #expect(step.missing == 4)
  }

  @Test func countsWhatIsMissing() {
    var step = Self.cut()
    #expect(step.lease(0, to: 7, at: 5) == 0)
    #expect(step.lease(0, to: 8, at: 5) == 1)
    #expect(step.held(by: 8) == [0] && step.awaited == [7, 8])
    #expect(step.settle(0).map(\.worker) == [7, 8])
    #expect(step.missing == 2 && step.held(by: 8).isEmpty && !step.isComplete)
    for unit in 1...2 { _ = step.settle(unit) }
    #expect(step.isComplete && step.awaited.isEmpty)
  }

  @Test func knowsItsOwnUnits() {
    let step = Self.cut()
    #expect(step.place(of: Work(step: 3, slices: 0..<2)) == 0)
    #expect(step.place(of: Work(step: 3, slice: 3)) == 2)
    #expect(step.place(of: Work(step: 3, slice: 0)) == nil)
    #expect(step.place(of: Work(step: 2, slice: 3)) == nil)
    #expect(step.work(2) == Work(step: 3, slice: 3))
  }

  @Test func aUnitIsOpenWhenNobodyGetsOn() {
    var step = Self.cut()
    func isOpen(at now: Milliseconds) -> Bool {
      step.isOpen(0, at: now, patience: 100, limit: 2)
    }
    #expect(isOpen(at: 0))
    _ = step.lease(0, to: 7, at: 0)
    #expect(!isOpen(at: 99) && isOpen(at: 100))
    step.postpone(by: 50)
    #expect(!isOpen(at: 149) && isOpen(at: 150))
    step.renewAll(at: 80)
    #expect(!isOpen(at: 179) && isOpen(at: 180))
    _ = step.lease(0, to: 8, at: 180)
    #expect(!isOpen(at: 1000))
    step.revoke(0, from: 7)
    #expect(isOpen(at: 1000))
  }

  @Test func failuresCountWorkers() {
    var step = Self.cut()
    for worker in [1, 2, 1] as [WorkerIdentity] {
      step.fail(0, Blame(worker: worker, step: 3, slice: 0, sentence: "said \(worker)", time: 5))
    }
    #expect(step.units[0].failedWorkers == 2 && step.units[0].lastFailure == "said 1")
    #expect(step.units[0].blame?.worker == 1)
  }
}
