import Foundation
import Optimization
import Testing

@testable import Training

@Suite struct EarlyStoppingTests {
  static func evaluation(step: Int, auc: Double, logloss: Double = 0.5) -> RunEvaluation {
    RunEvaluation(
      step: step, epoch: 0, auc: auc, logloss: logloss, rows: 10, seconds: 0, isBest: false)
  }

  @Test(arguments: [
    ([0.5, 0.6, 0.7], [true, true, true], 3, 0),
    ([0.5, 0.5, 0.4], [true, false, false], 1, 2),
    ([0.5, 0.4, 0.6, 0.6], [true, false, true, false], 3, 1),
    // An AUC that does not exist, for lack of a class, is beaten by any that does.
    ([.nan, 0.4, .nan], [true, true, false], 2, 1),
    ([.nan, .nan], [true, false], 1, 1),
  ])
  func marksTheBestAndCountsTheRest(
    aucs: [Double], marks: [Bool], bestStep: Int, badEvaluations: Int
  ) {
    var early = EarlyStopping()
    let recorded = aucs.enumerated().map { index, auc in
      early.record(Self.evaluation(step: index + 1, auc: auc)).isBest
    }
    #expect(recorded == marks)
    #expect(early.best?.step == bestStep)
    #expect(early.best?.isBest == true)
    #expect(early.badEvaluations == badEvaluations)
  }

  @Test func ratesDropAfterEachEvaluationThatIsNotBetter() throws {
    var early = EarlyStopping()
    for (index, auc) in [0.5, 0.4, 0.6, 0.6, 0.55].enumerated() {
      _ = early.record(Self.evaluation(step: 10 * (index + 1), auc: auc), plateauFactor: 0.1)
    }
    let drops = [20, 40, 50].map { LearningRateDrop(step: $0, factor: 0.1) }
    #expect(early.plateauDrops == drops)
    let saved = try JSONEncoder().encode(early)
    #expect(try JSONDecoder().decode(EarlyStopping.self, from: saved) == early)
    early.forget(evaluationAfter: 50)
    #expect(early.plateauDrops == Array(drops.dropLast()) && early.badEvaluations == 1)
    early.forget(evaluationAfter: 50)
    #expect(early.plateauDrops.count == 2)
    var constant = EarlyStopping()
    for step in 1...3 { _ = constant.record(Self.evaluation(step: step, auc: 0.5)) }
    #expect(constant.plateauDrops.isEmpty)
  }

  /// Without an AUC the log loss decides; one that is not a number is beaten by any that is.
  @Test(arguments: [
    ([0.6, 0.5, 0.5, 0.7, 0.4], [true, true, false, false, true]),
    ([.nan, 0.9, .nan, 0.8], [true, true, false, true]),
  ])
  func rowsOfOneClassAreJudgedByLogloss(loglosses: [Double], marks: [Bool]) {
    var early = EarlyStopping()
    let recorded = loglosses.enumerated().map { index, logloss in
      early.record(Self.evaluation(step: index, auc: .nan, logloss: logloss)).isBest
    }
    #expect(recorded == marks)
  }

  @Test(arguments: [(0, [false, false, false, false]), (1, [false, true, true, true])])
  func stopsAfterSoManyWithoutABetterOne(patience: Int, stops: [Bool]) {
    var early = EarlyStopping()
    let stopped = (0..<4).map { step in
      _ = early.record(Self.evaluation(step: step, auc: 0.5))
      return early.shouldStop(patience: patience)
    }
    #expect(stopped == stops)
    #expect(early.shouldStop(patience: 3))
    #expect(!early.shouldStop(patience: 4))
  }
}
