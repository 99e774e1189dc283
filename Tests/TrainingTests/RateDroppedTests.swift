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

  /// What a run of thirty steps ended with, which need not be its best model.
  private func last(_ run: RunConfiguration) throws -> String {
    try TrainedModel(runFolder: run.out, step: 30).checksum()
  }

  /// A rate that drops to nothing leaves a last model that is not the best.
  @Test(arguments: [0.3, 1e-9])
  func threadsChangeNoBit(factor: Double) throws {
    let fixture = try RunFixture()
    let checksums = try [1, 2, 3].map { threads in
      let run = configuration(fixture, factor: factor) { $0.train.threads = threads }
      return try [TrainingRun.train(run, observer: EventLog()).checksum, last(run)]
    }
    #expect(Set(checksums).count == 1)
    #expect(factor == 0.3 || Set(checksums[0]).count == 2)
  }

  /// Stopped by a limit, also where the shorter run ends with an evaluation of its own.
  @Test(arguments: [3, 4, 8, 9, 12, 17, 20, 26])
  func stopAndResumeChangeNoBit(steps: Int) throws {
    let fixture = try RunFixture()
    let whole = configuration(fixture)
    let straight = try TrainingRun.train(whole, observer: EventLog())
    var stopped = configuration(fixture) { $0.train.maxSteps = steps }
    _ = try TrainingRun.train(stopped, observer: EventLog())
    stopped.train.maxSteps = 0
    let resumed = try TrainingRun.train(stopped, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum && resumed.best?.step == straight.best?.step)
    // Whoever reads the model catches its rows up at the same rates.
    #expect(try TrainedModel(runFolder: stopped.out).checksum() == straight.checksum)
    #expect(try last(stopped) == last(whole))
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
    #expect(try last(configuration) == last(alone))
  }

  /// How old parameters were is told of all stretches of a run, not of the last alone.
  @Test func agesOfParametersAreOfTheWholeRun() throws {
    let fixture = try RunFixture()
    let log = EventLog()
    let configuration = configuration(fixture) {
      $0.train.learningRate = 0.3
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.computeThreads = 2
      $0.cluster.expectWorkers = 0
      $0.cluster.mode = .bounded
    }
    let led = try TrainingRun.coordinate(configuration, build: "test", observer: log)
    #expect(log.notices.contains { $0.contains("the learning rate is") })
    // Some are of steps that were begun when the rate dropped, and made again.
    let slices = try #require(led.staleness?.slices)
    #expect(slices >= 30 * 4, "\(slices)")
    let told = log.events.compactMap { event -> Int? in
      if case .progress(let progress) = event { progress.staleness?.slices } else { nil }
    }
    #expect(told.reduce(0, +) <= slices && told.allSatisfy { $0 < 30 * 4 })
  }
}
