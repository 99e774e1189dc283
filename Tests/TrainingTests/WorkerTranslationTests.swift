import Cluster
import Kernels
import Messages
import Testing

@testable import Training

/// Orders of the worker become events of the coordinator.
@Suite struct WorkerTranslationTests {
  static let worker = PeerIdentity(1) << 127 | 5
  /// The first slice of all, which an envelope must tell from no slice.
  static let work = Work(step: 0, slice: 0)
  static let lease = Lease(
    work: Work(step: 9, slices: 60..<64), attempt: 2, milliseconds: 5000)
  static let coordinator = CoordinatorTranslation(
    job: 77, generation: 6,
    welcome: Welcome(configuration: "seed: 1", dataAddress: "tcp://*:5571", creditBytes: 123))

  @Test func ordersOfTheWorkerReachTheCoordinator() throws {
    var translation = WorkerTranslation(hello: Self.hello)
    let (welcome, _) = try #require(Self.coordinator.message(for: .welcome(Self.worker)))
    _ = translation.event(welcome)
    let progress = [Progress(work: Self.lease.work, attempt: 2, amount: 8)]
    let units = [
      Progress(work: Self.work, attempt: 0, amount: 0),
      Progress(work: Work(step: 1, slices: 2..<4), attempt: 1, amount: 5),
    ]
    let cases: [(WorkerOrder, CoordinatorEvent)] = [
      (
        .sendHello,
        .hello(
          Self.worker, Fingerprint(build: "b", data: "d", vocabulary: "v", kernel: "k"),
          capacity: 3)
      ),
      (
        .sendReport(asking: true, progress, waitsFor: "rows"),
        .report(Self.worker, generation: 6, capacity: 3, progress)
      ),
      (
        .sendFailure(Self.lease, "not finite"),
        .failure(Self.worker, generation: 6, Self.lease.work, "not finite")
      ),
      (
        .sendReport(asking: false, units, waitsFor: ""),
        .report(Self.worker, generation: 6, capacity: 3, units)
      ),
      (.sendBye("SIGTERM"), .bye(Self.worker, "SIGTERM")),
    ]
    for (order, event) in cases {
      let message = try #require(translation.message(for: order, capacity: 3))
      #expect(Self.coordinator.event(try Self.overTheWire(message), from: Self.worker) == event)
    }
  }

  /// Pulls, pushes and deliveries keep their unit and what they were computed from.
  @Test func messagesOfAUnitReachTheCoordinator() throws {
    var translation = WorkerTranslation(hello: Self.hello)
    let (welcome, _) = try #require(Self.coordinator.message(for: .welcome(Self.worker)))
    _ = translation.event(welcome)
    let delivery = Delivery(version: 8, controllerVersion: 2, sums: [1])
    let none = Floats(count: 0)
    let push = Push(
      idChecksum: 0, idCount: 0, delivery: delivery, rowGradients: none, denseGradient: none,
      batchStatistics: none)
    let pushed = CoordinatorEvent.push(
      Self.worker, generation: 6, Self.lease.work, attempt: 2,
      PushOrigin(version: 8, controllerVersion: 2))
    let cases: [(Body, CoordinatorEvent)] = [
      (
        .pull(Pull(ids: View([3]))),
        .pull(Self.worker, generation: 6, Self.lease.work, attempt: 2)
      ),
      (.push(push), pushed), (.delivered(delivery), pushed),
    ]
    for (body, event) in cases {
      let message = try Self.overTheWire(Message(body, translation.envelope(Self.lease)))
      #expect(message.envelope.work == Self.lease.work)
      #expect(Self.coordinator.event(message, from: Self.worker) == event)
    }
  }

  static let hello = Hello(
    identity: worker, build: "b", dataHash: "d", vocabularyHash: "v", blasKernel: "k", capacity: 3)

  static func overTheWire(_ message: Message) throws -> Message {
    var assembler = MessageAssembler()
    var whole: Message?
    for frame in message.frames() {
      whole = try assembler.accept(frame, from: worker, atMilliseconds: 0)
    }
    return try #require(whole)
  }
}
