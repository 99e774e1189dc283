import Datasets
import Foundation
import Models
import Testing

@testable import Training

/// Runs on data with five classes.
@Suite struct ClassesTests {
  static func fixture() throws -> RunFixture { try RunFixture(classes: 5) }

  private static func evaluations(_ log: EventLog) -> [RunEvaluation] {
    log.events.compactMap { if case .evaluated(let found) = $0 { found } else { nil } }
  }

  @Test(arguments: ["fixed:ce", "fixed:ordinal_mae", "al1", "al2", "autoloss"])
  func threadsChangeNoBit(loss: String) throws {
    let fixture = try Self.fixture()
    let checksums = try [1, 2, 3].map { threads in
      try TrainingRun.train(
        fixture.configuration {
          $0.loss = loss
          $0.train.threads = threads
        }, observer: EventLog()
      ).checksum
    }
    #expect(Set(checksums).count == 1)
  }

  /// A short run gets better than knowing nothing, and finds the order of most rows.
  @Test(arguments: [ModelKind.deepfm, .ipnn], ["fixed:ce", "autoloss"])
  func learns(model: ModelKind, loss: String) throws {
    let fixture = try Self.fixture()
    let log = EventLog()
    let summary = try TrainingRun.train(
      fixture.configuration {
        $0.model.name = model
        $0.model.dropout = 0
        $0.loss = loss
        // Without the hinge: its gradients are those of logits, not of probabilities.
        $0.search.candidates = ["focal", "kl", "ce"]
        $0.train.epochs = 4
        $0.train.learningRate = 0.01
      }, observer: log)
    let least = Self.evaluations(log).map(\.logloss).min()
    #expect(try #require(least) < log5)
    let best = try #require(summary.best)
    #expect(best.auc > 0.65)
    #expect(try #require(best.weightedAUC) > 0.65)
    #expect(try #require(best.accuracy) > 0.3)
    for case .progress(let progress) in log.events {
      for share in progress.shares { #expect(share.byLabel?.count == 5) }
    }
  }

  private let log5 = Foundation.log(5.0)

  @Test(arguments: ["fixed:ce", "autoloss"])
  func stopAndResumeChangeNoBit(loss: String) throws {
    let fixture = try Self.fixture()
    let folder = fixture.folder.path("stopped")
    let whole = fixture.configuration {
      $0.loss = loss
      $0.train.epochs = 2
    }
    let straight = try TrainingRun.train(whole, observer: EventLog())
    var stopped = whole
    stopped.out = folder
    stopped.train.maxSteps = 9
    _ = try TrainingRun.train(stopped, observer: EventLog())
    stopped.train.maxSteps = 0
    let resumed = try TrainingRun.train(stopped, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum && resumed.best?.auc == straight.best?.auc)
    #expect(resumed.best?.accuracy == straight.best?.accuracy)
  }

  @Test func aCoordinatorThatComputesMakesTheSameModel() throws {
    let fixture = try Self.fixture()
    let configuration = fixture.configuration {
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.computeThreads = 2
      $0.search.controllerDelay = 2
      $0.cluster.expectWorkers = 0
    }
    let led = try TrainingRun.coordinate(configuration, build: "test", observer: EventLog())
    var alone = configuration
    alone.out = fixture.folder.path("alone")
    #expect(led.checksum == (try TrainingRun.train(alone, observer: EventLog())).checksum)
  }

  @Test func evaluationRepeatsWhatTheRunFound() throws {
    let run = try FinishedRun(Self.fixture())
    let best = try #require(run.summary.best)
    let found = try Evaluation.evaluate(
      runFolder: run.configuration.out, dataFolder: run.fixture.data, split: .validation,
      threads: 2)
    #expect(found.auc == best.auc && found.logloss == best.logloss)
    #expect(found.weightedAUC == best.weightedAUC && found.accuracy == best.accuracy)
    #expect(found.labelCounts?.reduce(0, +) == found.rows && found.positives == nil)
    let inspection = try CheckpointInspection.inspect(run.configuration.out)
    #expect(inspection.classes == 5)
  }

  /// Rows have K probabilities, those of the evaluation.
  @Test func predictionsAreOfAllClasses() throws {
    let run = try FinishedRun(Self.fixture())
    let output = run.fixture.folder.path("scores.csv")
    let rows = try Prediction.predict(
      runFolder: run.configuration.out, inputs: [run.fixture.folder.path("raw.tsv")],
      output: output)
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(rows.rows == 1200 && lines.count == 1200)
    var hits = 0
    let text = try String(
      contentsOfFile: run.fixture.folder.path("raw.tsv"), encoding: .utf8)
    for (line, raw) in zip(lines, text.split(separator: "\n")) {
      let scores = line.split(separator: ",").compactMap { Double($0) }
      #expect(scores.count == 5 && abs(scores.reduce(0, +) - 1) < 1e-12)
      let predicted = scores.firstIndex(of: scores.max() ?? 0)
      hits += raw.hasPrefix("\(predicted ?? 9)\t") ? 1 : 0
    }
    #expect(hits > 300, "one class in five is right by chance")
  }

  /// Equal values, other labels: the model of one task is none for the other.
  @Test func dataOfOtherClassesIsRefused() throws {
    let run = try FinishedRun(Self.fixture())
    let binary = try RunFixture()
    let error = #expect(throws: Failure.self) {
      try Evaluation.evaluate(
        runFolder: run.configuration.out, dataFolder: binary.data, split: .test)
    }
    #expect(error?.exitCode == .configuration)
    #expect(error?.what.contains("2 classes, the model of 5") == true)
    #expect(
      try Dataset(folder: binary.data).manifest.dataHash
        != (try Dataset(folder: run.fixture.data).manifest.dataHash))
  }

  @Test(arguments: [
    ("fixed:asl", 5, "loss"), ("al1", 5, "search.candidates"), ("fixed:ordinal_mse", 2, "loss"),
  ])
  func lossesOfAnotherTaskAreRefused(loss: String, classes: Int, place: String) throws {
    let fixture = try RunFixture(rows: 400, classes: classes)
    let error = #expect(throws: Failure.self) {
      try TrainingRun.plan(
        fixture.configuration {
          $0.loss = loss
          $0.search.candidates = ["ce", "hinge_tanh"]
        })
    }
    #expect(error?.exitCode == .configuration && error?.place == place)
  }
}
