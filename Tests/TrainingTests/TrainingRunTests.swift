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

  @Test func validationRowsOfOneClassHaveNoAreaUnderTheCurve() throws {
    let fixture = try RunFixture(rows: 400, hasClicks: false)
    let summary = try TrainingRun.train(
      fixture.configuration { $0.loss = "fixed:ce" }, observer: EventLog())
    #expect(summary.best?.auc.isNaN == true)
    #expect(summary.best?.logloss.isFinite == true)
  }
}
