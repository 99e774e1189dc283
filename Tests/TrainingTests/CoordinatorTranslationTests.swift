import Cluster
import Messages
import Testing

@testable import Training

/// Orders of the coordinator become events of the worker.
@Suite struct CoordinatorTranslationTests {
  typealias Words = WorkerTranslationTests

  @Test func messagesOfAnotherRunAreOld() throws {
    let push = Message(.bye("x"), Envelope(job: 5, generation: 6))
    #expect(Words.coordinator.event(push, from: 1) == .bye(1, "x"))
    let report = Message(
      .heartbeat(Report(capacity: 1, items: [])), Envelope(job: 5, generation: 6))
    #expect(
      Words.coordinator.event(report, from: 1) == .report(1, generation: 0, capacity: 1, []))
  }

  @Test(arguments: [
    (
      CoordinatorOrder.welcome(Words.worker),
      WorkerEvent.welcomed(
        job: 77, generation: 6, heartbeatMilliseconds: 500, creditBytes: 123)
    ),
    (.refuse(Words.worker, .otherData, "no"), .refused("no")),
    (.lease(Words.worker, Words.lease), .leased(generation: 6, Words.lease)),
    (.wait(Words.worker, "the commit"), .toldToWait("the commit")),
    (.acknowledge(Words.worker, Words.lease.work), .acknowledged(generation: 6, Words.lease.work)),
    (
      .reject(Words.worker, .wrongStep, Words.work, "late"),
      .rejected(.wrongStep, Words.work, "late")
    ),
    (.reject(Words.worker, .oldGeneration, nil, "old"), .rejected(.oldGeneration, nil, "old")),
    (.stop(Words.worker, .drained, "leave"), .stopped(.drained, "leave")),
    (.stop(Words.worker, .failed, "bad"), .stopped(.failed, "bad")),
  ])
  func ordersOfTheCoordinatorReachTheWorker(order: CoordinatorOrder, event: WorkerEvent) throws {
    let (message, peer) = try #require(Words.coordinator.message(for: order))
    #expect(peer == Words.worker)
    var translation = WorkerTranslation(hello: Words.hello)
    #expect(translation.event(try Words.overTheWire(message)) == event)
  }
}
