import Datasets
import Testing

@testable import Training

@Suite struct EvaluationTests {
  @Test func repeatsWhatTheRunFoundOnAnyNumberOfThreads() throws {
    let run = try FinishedRun(RunFixture())
    let best = try #require(run.summary.best)
    for threads in [1, 2, 3] {
      let found = try Evaluation.evaluate(
        runFolder: run.configuration.out, dataFolder: run.fixture.data, split: .validation,
        threads: threads)
      #expect(found.auc == best.auc)
      #expect(found.logloss == best.logloss)
      #expect(found.rows == best.rows)
      #expect(found.step == best.step)
      #expect(found.split == "validation")
    }
  }

  @Test func otherDataIsRefused() throws {
    let run = try FinishedRun(RunFixture())
    let others = [
      (try RunFixture(rows: 300), Split.test, ExitCode.configuration),
      // The same values, so the same vocabulary, but nothing to test on.
      (try RunFixture(splitFractions: [0.8, 0.2]), .test, .badData),
    ]
    for (other, split, code) in others {
      let error = #expect(throws: Failure.self) {
        try Evaluation.evaluate(
          runFolder: run.configuration.out, dataFolder: other.data, split: split)
      }
      #expect(error?.exitCode == code)
      #expect(error?.place == other.data)
    }
  }

  /// Whoever only measures a model needs no rows for its controller.
  @Test(arguments: [Split.train, .test])
  func aSearchedModelIsMeasuredOnDataWithoutValidationRows(split: Split) throws {
    let run = try FinishedRun(RunFixture()) { $0.loss = "autoloss" }
    let other = try RunFixture(splitFractions: [0.8, 0])
    let rows = try Dataset(folder: other.data).rowCount(of: split)
    let found = try [1, 2].map { threads in
      try Evaluation.evaluate(
        runFolder: run.configuration.out, dataFolder: other.data, split: split, threads: threads)
    }
    #expect(found[0].rows == rows && rows > 0)
    #expect(found[0].logloss.isFinite)
    #expect(found[1] == found[0])
  }
}
