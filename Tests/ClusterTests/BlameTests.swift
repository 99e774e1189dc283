import Testing

@testable import Cluster

/// Who is told to have failed first.
@Suite struct BlameTests {
  private static func fail(_ desk: inout Desk, _ worker: WorkerIdentity, _ slice: Int) {
    let work = Work(step: desk.state.version, slice: slice)
    _ = desk.handle(
      .failure(worker, generation: Desk.generation, work, "worker \(worker) cannot read"))
  }

  @Test func thePoisonedSlicesFirstFailureIsMeant() throws {
    var desk = Desk { $0.attemptLimit = 2 }
    for worker in 1...3 as ClosedRange<WorkerIdentity> { _ = desk.join(worker, capacity: 2) }
    _ = desk.begin(4)
    _ = desk.handle(.lost(3))
    #expect(desk.state.blame?.worker == 3)
    Self.fail(&desk, 1, 1)
    let time = desk.now
    Self.fail(&desk, 2, 1)
    #expect(
      desk.state.blame
        == Blame(
          worker: 1, step: 4, slice: 1, sentence: "worker 1 cannot read", time: time))
  }

  @Test func aCommittedStepForgetsWhatItSurvived() {
    var desk = Desk()
    _ = desk.join(1)
    _ = desk.join(2)
    _ = desk.begin(0, slices: 1)
    _ = desk.handle(.lost(2))
    #expect(desk.state.blame?.sentence == "the worker was lost")
    #expect(desk.state.blame?.slice == nil)
    _ = desk.push(1, 0, 0)
    #expect(desk.state.blame != nil)
    _ = desk.begin(1)
    #expect(desk.state.blame == nil)
    _ = desk.handle(.bye(1, "enough"))
    #expect(desk.state.blame == nil)
  }
}
