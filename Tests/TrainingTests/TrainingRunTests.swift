import Datasets
import Foundation
import Testing

@testable import Training

@Suite struct TrainingRunTests {
  private func exitCode(_ body: () throws -> Void) -> ExitCode? {
    do {
      try body()
      return .done
    } catch {
      return (error as? any Explained)?.exitCode
    }
  }

  @Test func aUsedFolderIsRefusedUnlessTheRunGoesOn() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration { $0.loss = "fixed:ce" }
    let first = try TrainingRun.train(configuration, observer: EventLog())
    #expect(
      exitCode { _ = try TrainingRun.train(configuration, observer: EventLog()) }
        == .cannotCreate)
    // A finished run has nothing left to do and stands for the same model.
    let again = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
    #expect(again.checksum == first.checksum)
    #expect(again.examples == 0)
  }

  @Test func aRunIsNotMadeShorterThanItIs() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration {
      $0.loss = "fixed:ce"
      $0.train.maxSteps = 5
    }
    let first = try TrainingRun.train(configuration, observer: EventLog())
    var shorter = configuration
    shorter.train.maxSteps = 3
    let error = #expect(throws: Failure.self) {
      try TrainingRun.train(shorter, resume: .auto, observer: EventLog())
    }
    #expect(error?.exitCode == .configuration)
    #expect(error?.what == "the run has made 5 steps, but is to end after 3")
    let again = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
    #expect(again.checksum == first.checksum)
  }

  @Test func whatCannotBeTrainedIsRefused() throws {
    let fixture = try RunFixture(rows: 400)
    #expect(
      exitCode {
        _ = try TrainingRun.train(fixture.configuration { $0.data.path = "" }, observer: EventLog())
      } == .configuration)
    let absent = fixture.configuration { $0.data.path = fixture.folder.path("absent") }
    let error = #expect(throws: DataError.self) {
      try TrainingRun.train(absent, observer: EventLog())
    }
    #expect(error?.kind == .missing)
    #expect(!FileManager.default.fileExists(atPath: absent.out))
  }

  @Test func aPlanHasTheSizesOfTheRunAndWritesNothing() throws {
    let fixture = try RunFixture()
    let configuration = fixture.configuration {
      $0.train.epochs = 3
      $0.train.threads = 2
    }
    let plan = try TrainingRun.plan(configuration)
    #expect(plan.model == "deepfm")
    #expect(plan.strategy == "autoloss")
    #expect(plan.rows == 960)
    #expect(plan.stepsPerEpoch == 15)
    #expect(plan.steps == 45)
    #expect(plan.fields == 39)
    #expect(plan.threads == 2)
    let sizes = try Dataset(folder: fixture.data).fieldSizes
    #expect(plan.featureValues == sizes.reduce(0, +))
    // Rows: embedding and first-order weight. Dense: layers with batch norm, bias of first order.
    let layers = (156 * 16 + 3 * 16) + (16 * 8 + 3 * 8) + (8 + 1)
    #expect(plan.parameters == 5 * plan.featureValues + layers + 1)
    #expect(plan.flopsPerExample > 6 * Double(156 * 16 + 16 * 8 + 8))
    #expect(!FileManager.default.fileExists(atPath: configuration.out))
  }

  @Test func aStrategyThatSearchesNeedsValidationRows() throws {
    let fixture = try RunFixture(rows: 400, splitFractions: [0.9, 0])
    let searched = fixture.configuration { $0.loss = "autoloss" }
    #expect(exitCode { _ = try TrainingRun.plan(searched) } == .badData)
    let summary = try TrainingRun.train(
      fixture.configuration { $0.loss = "fixed:ce" }, observer: EventLog())
    #expect(summary.best == nil)
  }

  @Test func validationRowsOfOneClassAreJudgedByLogloss() throws {
    let fixture = try RunFixture(rows: 400, hasClicks: false)
    let log = EventLog()
    let summary = try TrainingRun.train(
      fixture.configuration {
        $0.loss = "fixed:ce"
        $0.train.epochs = 4
        $0.train.evaluateEvery = 2
        $0.train.patience = 2
      }, observer: log)
    // Always "no click" is learned a little better all the time.
    #expect(summary.best?.auc.isNaN == true)
    #expect(summary.best?.step == 20)
    #expect(!summary.stoppedEarly)
    let loglosses = log.events.compactMap {
      if case .evaluated(let evaluation) = $0 { evaluation.logloss } else { nil }
    }
    #expect(loglosses.count == 10)
    #expect(summary.best?.logloss == loglosses.min())
    #expect(log.notices.count == 1)
    #expect(log.notices.first?.contains("AUC is undefined") == true)
  }

  @Test func aFolderThatIsBeingWrittenIsRefused() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration { $0.loss = "fixed:ce" }
    let lock = try RunFolder(URL(fileURLWithPath: configuration.out)).claim()
    for resume in ResumeMode.allCases {
      let error = #expect(throws: Failure.self) {
        try TrainingRun.train(configuration, resume: resume, observer: EventLog())
      }
      #expect(error?.exitCode == .cannotCreate)
      #expect(error?.place == configuration.out)
    }
    lock.release()
    _ = try TrainingRun.train(configuration, observer: EventLog())
    // A run that has ended holds nothing.
    _ = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
  }

  @Test(arguments: [1, 2])
  func whatDecidesOnTheBestModelCannotChangeOnTheWay(patience: Int) throws {
    let fixture = try RunFixture(rows: 400)
    var configuration = fixture.configuration { $0.loss = "fixed:ce" }
    _ = try TrainingRun.train(configuration, observer: EventLog())
    configuration.train.patience = patience
    let error = #expect(throws: Failure.self) {
      try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
    }
    #expect(error?.exitCode == .configuration)
    #expect(
      error?.what.hasSuffix("it has `train.patience: 0`, now `train.patience: \(patience)`")
        == true)
    configuration.train.patience = 0
    configuration.train.epochs = 2
    _ = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
  }

  /// To begin again in silence would write over what may be worth restoring.
  @Test func aRunWhoseStatesAreAllDamagedIsNotBegunAgain() throws {
    let fixture = try RunFixture(rows: 400)
    let configuration = fixture.configuration { $0.loss = "fixed:ce" }
    _ = try TrainingRun.train(configuration, observer: EventLog())
    let folder = RunFolder(URL(fileURLWithPath: configuration.out))
    for step in folder.checkpointSteps() {
      let manifest = folder.checkpoint(step: step).appendingPathComponent("MANIFEST.json")
      try FileManager.default.removeItem(at: manifest)
    }
    try FileManager.default.removeItem(at: folder.configuration)
    #expect(
      exitCode {
        _ = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
      } == .badData)
    try FileManager.default.removeItem(at: folder.checkpoints)
    let summary = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
    #expect(summary.examples > 0)
  }
}
