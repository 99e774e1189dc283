import Foundation
import Optimization
import Testing

@testable import Training

/// The learning rate drops where models stop getting better, and the run is one that knew.
@Suite struct RateDroppedTests {
  /// So fast that some evaluations are worse than the one before.
  private func configuration(
    _ fixture: RunFixture, loss: String = "fixed:ce", factor: Double = 0.3,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunConfiguration {
    fixture.configuration {
      $0.loss = loss
      $0.train.learningRate = 0.03
      $0.train.plateauFactor = factor
      $0.train.epochs = 2
      $0.train.evaluateEvery = 4
      change(&$0)
    }
  }

  private func evaluations(_ log: EventLog) -> [RunEvaluation] {
    log.events.compactMap { if case .evaluated(let found) = $0 { found } else { nil } }
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func isTheRunThatWasToldOfTheDrops(loss: String) throws {
    let fixture = try RunFixture()
    let log = EventLog()
    let found = try TrainingRun.train(configuration(fixture, loss: loss), observer: log)
    let bad = evaluations(log).filter { !$0.isBest }.map(\.step)
    #expect(bad.count > 1 && found.examples == 2 * 960)
    let told = try TrainingRun.train(
      configuration(fixture, loss: loss, factor: 0) {
        $0.train.learningRateDrops = bad.map { "\($0):0.3" }
      }, observer: EventLog())
    #expect(told.checksum == found.checksum && told.best?.step == found.best?.step)
    let constant = try TrainingRun.train(
      configuration(fixture, loss: loss, factor: 0), observer: EventLog())
    #expect(constant.checksum != found.checksum || constant.best?.step == found.best?.step)
    #expect(log.notices.count { $0.contains("the learning rate is") } >= bad.count - 1)
  }

  @Test func threadsChangeNoBit() throws {
    let fixture = try RunFixture()
    let checksums = try [1, 2, 3].map { threads in
      try TrainingRun.train(
        configuration(fixture) { $0.train.threads = threads }, observer: EventLog()
      ).checksum
    }
    #expect(Set(checksums).count == 1)
  }

  /// Stopped by a limit, also where the shorter run ends with an evaluation of its own.
  @Test(arguments: [3, 4, 8, 9, 12, 17, 20, 26])
  func stopAndResumeChangeNoBit(steps: Int) throws {
    let fixture = try RunFixture()
    let straight = try TrainingRun.train(configuration(fixture), observer: EventLog())
    var stopped = configuration(fixture) { $0.train.maxSteps = steps }
    _ = try TrainingRun.train(stopped, observer: EventLog())
    stopped.train.maxSteps = 0
    let resumed = try TrainingRun.train(stopped, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum && resumed.best?.step == straight.best?.step)
    // Whoever reads the model catches its rows up at the same rates.
    #expect(try TrainedModel(runFolder: stopped.out).checksum() == straight.checksum)
  }

  @Test func aCoordinatorThatComputesMakesTheSameModel() throws {
    let fixture = try RunFixture()
    let configuration = configuration(fixture) {
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.computeThreads = 2
      $0.cluster.expectWorkers = 0
    }
    let led = try TrainingRun.coordinate(configuration, build: "test", observer: EventLog())
    var alone = configuration
    alone.out = fixture.folder.path("alone")
    #expect(led.checksum == (try TrainingRun.train(alone, observer: EventLog())).checksum)
  }
}
