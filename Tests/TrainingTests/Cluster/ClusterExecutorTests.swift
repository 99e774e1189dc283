import Cluster
import Datasets
import Foundation
import Kernels
import Messages
import Synchronization
import Testing
import Transport

@testable import Training

/// The edge of the coordinator beside a worker and a stranger; whole clusters run in the tests of
/// the command-line tool.
@Suite struct ClusterExecutorTests {
  private static func dealer(
    _ context: Context, _ number: PeerIdentity, _ endpoint: Endpoint
  ) throws -> Dealer {
    let dealer = try Dealer(in: context, identity: PeerIdentity(1) << 127 | number)
    try dealer.connect(endpoint)
    return dealer
  }

  /// A guest joins, so that the step begins; then a stranger, who never said hello, says what rows
  /// its slices need until it is told that its word does not count; then the guest leaves.
  private static func misleads(_ control: Endpoint, _ data: Endpoint) throws -> Bool {
    let context = try Context()
    let guest = try dealer(context, 1, control)
    let stranger = try dealer(context, 2, control)
    let bulk = try dealer(context, 2, data)
    defer {
      guest.close(lingerMilliseconds: 1000)
      for dealer in [stranger, bulk] { dealer.close() }
    }
    _ = guest.send(Message(.hello(hello(of: 1))))
    let poller = Poller([guest, stranger, bulk])
    let deadline = Uptime.milliseconds + 20_000
    var isWelcome = false
    while Uptime.milliseconds < deadline {
      for slice in 0..<4 where isWelcome {
        let envelope = Envelope(job: 7, generation: 1, step: 0, slice: UInt16(slice), sliceCount: 1)
        _ = bulk.send(Message(.pull(Pull(ids: View([0, 1]))), envelope))
      }
      poller.wait(atMostMilliseconds: 50)
      while bulk.nextEvent() != nil {}
      while let event = guest.nextEvent() {
        if case .message(let message, _) = event, case .lease = message.body { isWelcome = true }
      }
      while let event = stranger.nextEvent() {
        guard case .message(let message, _) = event, case .reject = message.body else { continue }
        _ = guest.send(Message(.bye("it has seen enough")))
        return true
      }
    }
    return false
  }

  /// Whether a guest that says HELLO until it is answered, as workers do, is told to stop.
  private static func isToldToStop(_ control: Endpoint) throws -> Bool {
    let guest = try dealer(Context(), 4, control)
    defer { guest.close() }
    let poller = Poller([guest])
    let deadline = Uptime.milliseconds + 20_000
    while Uptime.milliseconds < deadline {
      _ = guest.send(Message(.hello(hello(of: 4))))
      poller.wait(atMostMilliseconds: 100)
      while let event = guest.nextEvent() {
        if case .message(let message, _) = event, case .stop = message.body { return true }
      }
    }
    return false
  }

  private static func hello(of identity: PeerIdentity) -> Hello {
    Hello(identity: identity, build: "test", dataHash: "", vocabularyHash: "", capacity: 1)
  }

  /// An executor at step 0 that listens on free ports.
  private static func executor(
    _ scene: StepScene
  ) throws -> (executor: ClusterExecutor, sockets: CoordinatorSockets) {
    let sockets = try CoordinatorSockets(
      CoordinatorAddresses(listen: "tcp://127.0.0.1:0"), protection: .coordinator(.init()))
    let manifest = scene.setup.dataset.manifest
    let executor = ClusterExecutor(
      compute: scene.compute, sockets: sockets, identity: JobIdentity(job: 7, generation: 1),
      fingerprint: Fingerprint(
        build: "test", data: manifest.dataHash, vocabulary: manifest.vocabulary.sha256),
      observer: EventLog(), stop: StopSignal(listening: false))
    return (executor, sockets)
  }

  /// While the coordinator evaluates, who asks is answered and everybody else waits.
  @Test func whoAsksIsAnsweredBetweenOtherThings() throws {
    let scene = try StepScene(try RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let (executor, sockets) = try Self.executor(scene)
    let dealer = try Self.dealer(Context(), 3, sockets.controlEndpoint)
    defer { dealer.close() }
    _ = dealer.send(Message(.hello(Self.hello(of: 3))))
    _ = dealer.send(Message(.inquire(.status), Envelope(request: 5)))
    let poller = Poller([dealer])
    let deadline = Uptime.milliseconds + 20_000
    var answers: [Message] = []
    while answers.isEmpty, Uptime.milliseconds < deadline {
      executor.attend("the evaluation")
      poller.wait(atMostMilliseconds: 10)
      while let event = dealer.nextEvent() {
        if case .message(let message, _) = event { answers.append(message) }
      }
    }
    guard case .status(let status)? = answers.first?.body else {
      Issue.record("\(answers) is no status")
      return
    }
    #expect(answers.count == 1 && answers[0].envelope.request == 5)
    #expect(status.waitsFor == "the evaluation" && status.workers.isEmpty && status.step == 0)
    let isPostponed = executor.postponed.contains {
      if case .message(let message, _) = $0, case .hello = message.body { true } else { false }
    }
    #expect(isPostponed && executor.workers == 0)
    let control = sockets.controlEndpoint
    let ends = Mutex<[Bool]>([])
    Thread.detachNewThread {
      let isTold = (try? Self.isToldToStop(control)) ?? false
      ends.withLock { $0.append(isTold) }
    }
    try executor.finish(.done, "the run is over")
    #expect(executor.postponed.isEmpty, "the HELLO that came first is taken up")
    for _ in 0..<3000 where ends.withLock({ $0.isEmpty }) { Thread.sleep(forTimeInterval: 0.01) }
    #expect(ends.withLock { $0 } == [true], "who says HELLO at the end is told that it is over")
  }

  @Test func rowsThatAStrangerNamesAreNotNoted() throws {
    let fixture = try RunFixture(rows: 400)
    let alone = try StepScene(fixture) { $0.loss = "fixed:ce" }
    try alone.train(0..<1, readsAhead: false)
    let scene = try StepScene(fixture) { $0.loss = "fixed:ce" }
    let (executor, sockets) = try Self.executor(scene)
    let (control, data) = (sockets.controlEndpoint, sockets.dataEndpoint)
    let folder = fixture.data
    let ends = Mutex<[String]>([])
    Thread.detachNewThread {
      let wasRejected = (try? Self.misleads(control, data)) ?? false
      ends.withLock { $0.append("rejected: \(wasRejected)") }
      do {
        let summary = try WorkerProcess.run(
          coordinator: control.description, dataFolder: folder, threads: 1, build: "test",
          notice: { _ in })
        ends.withLock { $0.append(summary.outcome.rawValue) }
      } catch {
        ends.withLock { $0.append("\(error)") }
      }
    }
    let sums = try executor.train(step: 0, upcoming: .init())
    try executor.finish(.done, "the run is over")
    for _ in 0..<1000 where ends.withLock({ $0.count }) < 2 { Thread.sleep(forTimeInterval: 0.01) }
    #expect(ends.withLock { $0 } == ["rejected: true", "done"])
    #expect(sums.rows == 64)
    #expect(scene.parts.checksum() == alone.parts.checksum())
  }
}
