import Testing

@testable import Training

/// Whole clusters run in the tests of the command-line tool; here is what needs no process.
@Suite struct ClusterRunTests {
  @Test func aCoordinatorNeedsAnAddress() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration { $0.cluster.listen = "" }
    let error = #expect(throws: Failure.self) {
      try TrainingRun.coordinate(configuration, build: "test", observer: EventLog())
    }
    #expect(error?.place == "cluster.listen")
    #expect(error?.exitCode == .configuration)
  }

  @Test func aCoordinatorWithoutWorkersGivesUp() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration {
      $0.loss = "fixed:ce"
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.quorumSeconds = 0.2
    }
    let log = EventLog()
    let error = #expect(throws: RunFailure.self) {
      try TrainingRun.coordinate(configuration, build: "test", observer: log)
    }
    let end = error?.end as? Failure
    #expect(end?.exitCode == .unavailable)
    #expect(end?.what == "1 of 1 workers have not joined after 0.2 s")
    // Nobody else is to blame.
    #expect(error?.first.role == "coordinator" && error?.first.sentence == end?.what)
    let isListening = log.events.contains {
      if case .notice(let text, _) = $0 {
        text.hasPrefix("listening on tcp://127.0.0.1:")
      } else {
        false
      }
    }
    #expect(isListening)
  }

  /// A coordinator that computes needs nobody, and makes the model that any cluster makes.
  @Test(arguments: ["fixed:ce", "autoloss"], [1, 3])
  func aCoordinatorThatComputesTrainsAlone(loss: String, threads: Int) throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration {
      $0.loss = loss
      $0.train.epochs = 3
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.computeThreads = threads
      $0.search.controllerDelay = threads / 2
      $0.cluster.expectWorkers = 0
    }
    let led = try TrainingRun.coordinate(configuration, build: "test", observer: EventLog())
    var alone = configuration
    alone.out = fixture.folder.path("alone")
    #expect(led.checksum == (try TrainingRun.train(alone, observer: EventLog())).checksum)
    #expect(led.step == 15)
  }
}
