import Foundation
import Kernels
import Messages
import Testing

@testable import Cluster
@testable import Training

/// A worker whose coordinator is a raw peer; whole clusters run in the tests of the tool.
@Suite struct WorkerEdgeTests {
  /// A worker that was welcomed, as its coordinator sees it.
  private struct Scene {
    let raw: RawCoordinator
    let thread: EdgeThread
    let stop = StopSignal(listening: false)
    let worker: PeerIdentity

    init() throws {
      let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
      let raw = try RawCoordinator()
      let (endpoint, dataset, stop) = (raw.endpoint, scene.setup.dataset, stop)
      let protection = try Protection.worker(WorkerKeys(), connectSeconds: 60)
      thread = EdgeThread { notice in
        try WorkerEdge(
          endpoint: endpoint, identity: ProcessIdentity([:]), protection: protection,
          dataset: dataset, threads: 1, build: "test", connectSeconds: 60, stop: stop,
          notice: notice
        ).run()
      }
      let parts = scene.parts
      let welcome = Welcome(
        configuration: parts.configuration.yaml, dataAddress: raw.dataEndpoint.description,
        rowCount: UInt64(parts.schema.rowCount), rowWidth: UInt32(parts.program.rowWidth),
        denseCount: UInt64(parts.program.denseCount),
        statisticsCount: UInt64(parts.program.statisticsCount))
      let isHello = { (message: Message) in
        if case .hello = message.body { true } else { false }
      }
      worker = try #require(raw.sender(isHello))
      self.raw = raw
      #expect(
        raw.say(Message(.welcome(welcome), RawCoordinator.envelope()), on: raw.control, to: worker))
      #expect(hears(), "the worker does not report")
    }

    /// Whether the worker reports to the generation that welcomed it.
    func hears() -> Bool {
      raw.sender { message in
        switch message.body {
        case .leaseRequest, .heartbeat:
          message.envelope.generation == RawCoordinator.generation
        default: false
        }
      } == worker
    }

    func lease(_ envelope: Envelope) -> Bool {
      raw.say(
        Message(.lease(LeaseTerms(milliseconds: 5000)), envelope), on: raw.control, to: worker)
    }
  }

  @Test func whoOwnsParametersDoesNotLead() throws {
    let scene = try Scene()
    let notice = Notice(.done, "go away")
    let bodies: [Body] = [
      .stop(notice), .refuse(notice), .wait("nothing"), .lease(LeaseTerms(milliseconds: 1)),
      .welcome(Welcome(configuration: "", dataAddress: "tcp://127.0.0.1:1")),
    ]
    let later = RawCoordinator.envelope(generation: 9, sliceCount: 4)
    for body in bodies {
      #expect(scene.raw.say(Message(body, later), on: scene.raw.data, to: scene.worker))
    }
    for _ in 0..<20 where scene.thread.notices.count(where: { $0.contains("may not") }) < 5 {
      #expect(scene.hears(), "the worker has followed somebody else")
    }
    let told = scene.thread.notices.filter { $0.contains("may not") }
    #expect(
      told.contains("the owner of parameters in seat 0 sent stop, which it may not: it is not used")
    )
    #expect(told.count == 5)
    scene.stop.request()
    guard case .success(.done)? = scene.thread.end() else {
      Issue.record("\(String(describing: scene.thread.end()))")
      return
    }
  }

  /// Leases of another generation are as nothing; one of this that makes no sense ends the worker.
  @Test(arguments: [
    RawCoordinator.envelope(step: .max, sliceCount: 4),
    RawCoordinator.envelope(slice: 1, sliceCount: 2),
    RawCoordinator.envelope(slice: .max, sliceCount: .max),
  ])
  func leasesWithoutSense(envelope: Envelope) throws {
    let scene = try Scene()
    var old = envelope
    old.generation = RawCoordinator.generation - 1
    #expect(scene.lease(old))
    #expect(scene.hears())
    #expect(scene.lease(envelope))
    guard case .failure(let failure as Failure)? = scene.thread.end() else {
      Issue.record("\(String(describing: scene.thread.end()))")
      return
    }
    #expect(failure.exitCode == .refused)
    #expect(failure.what.contains("what is no unit of its run"), "\(failure.what)")
  }
}
