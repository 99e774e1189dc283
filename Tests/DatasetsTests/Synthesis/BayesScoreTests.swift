import Foundation
import Kernels
import Testing

@testable import Datasets

@Suite struct BayesScoreTests {
  @Test func agreesWithTheSlowDefinitions() {
    let randomness = Randomness(seed: 1, purpose: .test)
    var halves = [BayesScore(), BayesScore()]
    var rows: [(logit: Double, isPositive: Bool)] = []
    for row in 0..<1500 {
      let logit = Double(3 * randomness.normal(example: row, lane: 0))
      rows.append((logit, randomness.uniform(example: row, lane: 4) < 0.4))
      halves[row % 2].add(logit: logit, isPositive: rows[row].isPositive)
    }
    var score = halves[0]
    score.merge(halves[1])
    var wins = 0.0
    for positive in rows where positive.isPositive {
      for negative in rows where !negative.isPositive {
        wins += positive.logit > negative.logit ? 1 : positive.logit == negative.logit ? 0.5 : 0
      }
    }
    let positives = rows.count { $0.isPositive }
    let area = wins / Double(positives * (rows.count - positives))
    #expect(abs(score.areaUnderCurve - area) < 1e-4)
    let loss = rows.reduce(0.0) { sum, row in
      let probability = 1 / (1 + exp(-row.logit))
      return sum - log(row.isPositive ? probability : 1 - probability)
    }
    #expect(abs(score.logloss - loss / 1500) < 1e-8)
    #expect(score.rows == 1500 && score.positives == positives)
  }
}
