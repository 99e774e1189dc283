import Foundation
import Kernels
import Messages
import Testing
import Transport

@testable import Cluster
@testable import Training

/// A server whose coordinator is a raw peer; whole clusters run in the tests of the tool.
@Suite struct ServerEdgeTests {
  @Test func anAssignmentWithoutSenseEndsTheServer() throws {
    let scene = try StepScene(RunFixture(rows: 400)) { $0.loss = "fixed:ce" }
    let raw = try RawCoordinator()
    let endpoint = raw.endpoint
    let protection = try Protection.server(nil, allowInsecure: false, connectSeconds: 60)
    let thread = EdgeThread { notice in
      try ServerEdge(
        addresses: ServerAddresses(coordinator: endpoint) { "127.0.0.1" },
        identity: ProcessIdentity([:]), protection: protection, threads: 1, build: "test",
        connectSeconds: 60, stop: StopSignal(listening: false)
      ) { _, text in notice(text) }.run()
    }
    let server = try #require(
      raw.sender { if case .hello(let hello) = $0.body { hello.role == .server } else { false } })
    let parts = scene.parts
    let assignment = Assignment(
      seat: 0, servers: 1, slices: UInt32(parts.configuration.train.slices),
      configuration: parts.configuration.yaml, dataAddress: raw.dataEndpoint.description,
      fieldSizes: parts.schema.fieldSizes.map(UInt32.init))
    let welcome = Welcome(configuration: "", dataAddress: "")
    // Generation 0 is nobody's: what it brings must not stand in the way of what is right.
    for generation in [0, RawCoordinator.generation] {
      #expect(
        raw.say(
          Message(.welcome(welcome), RawCoordinator.envelope(generation: generation)),
          on: raw.control, to: server))
    }
    #expect(
      raw.say(
        Message(.assign(assignment), RawCoordinator.envelope(step: .max)), on: raw.control,
        to: server))
    #expect(raw.sender { if case .failure = $0.body { true } else { false } } == server)
    guard case .success(.failed(let sentence))? = thread.end() else {
      Issue.record("\(String(describing: thread.end()))")
      return
    }
    #expect(sentence == "the coordinator speaks of 18446744073709551615 steps")
  }
}
