import Foundation
import Testing

@testable import Datasets

@Suite struct OrdinalLabelsTests {
  @Test(arguments: [2, 3, 5, 20])
  func probabilitiesAreThoseOfTheLabels(classes: Int) {
    let labels = OrdinalLabels(classes: classes, mean: -1, variance: 1.9)
    #expect(labels.classes == classes)
    #expect(labels.thresholds == labels.thresholds.sorted())
    for logit in [-6, -1, 0, 0.3, 5] {
      let expected = (0..<classes).map { labels.probability(of: $0, logit: logit) }
      #expect(abs(expected.reduce(0, +) - 1) < 1e-12)
      #expect(expected.allSatisfy { $0 > 0 })
      var found = [Double](repeating: 0, count: classes)
      for place in 0..<20_000 {
        found[labels.label(logit: logit, uniform: (Double(place) + 0.5) / 20_000)] += 1 / 20_000
      }
      for k in 0..<classes { #expect(abs(found[k] - expected[k]) < 2e-4) }
    }
  }

  @Test func twoClassesAreThoseOfTheLogit() {
    let labels = OrdinalLabels(classes: 2, mean: -1, variance: 1.9)
    for logit in [-2, 0, 1.5] {
      let expected = 1 / (1 + exp(-logit))
      #expect(abs(labels.probability(of: 1, logit: logit) - expected) < 1e-15)
    }
  }

  /// Against the definition: every pair of a row of the class and another one.
  @Test func scoresAreThoseOfTheTrueProbabilities() {
    let labels = OrdinalLabels(classes: 3, mean: 0, variance: 2)
    let rows = (0..<300).map { (row: Int) -> (logit: Double, label: Int) in
      let logit = Double(row % 41) / 8 - 2.5
      return (logit, row * row % 7 % 3)
    }
    var (whole, first, second) = (
      OrdinalScore(labels), OrdinalScore(labels), OrdinalScore(labels)
    )
    for (place, row) in rows.enumerated() {
      whole.add(logit: row.logit, label: row.label)
      if place % 3 == 0 {
        first.add(logit: row.logit, label: row.label)
      } else {
        second.add(logit: row.logit, label: row.label)
      }
    }
    second.merge(first)
    #expect(second.logloss == whole.logloss && second.areaUnderCurve == whole.areaUnderCurve)
    let losses = rows.map { -log(labels.probability(of: $0.label, logit: $0.logit)) }
    #expect(abs(whole.logloss - losses.reduce(0, +) / 300) < 1e-8)
    let areas = (0..<3).map { (k: Int) -> Double in
      let scores = rows.map { labels.probability(of: k, logit: $0.logit) }
      var (sum, pairs) = (0.0, 0.0)
      for (one, a) in rows.enumerated() where a.label == k {
        for (other, b) in rows.enumerated() where b.label != k {
          let difference = scores[one] - scores[other]
          sum += abs(difference) < 1e-12 ? 0.5 : difference > 0 ? 1 : 0
          pairs += 1
        }
      }
      return sum / pairs
    }
    #expect(abs(whole.areaUnderCurve - areas.reduce(0, +) / 3) < 2e-3)
    let counts: [Int] = (0..<3).map { k in rows.count { $0.label == k } }
    #expect(whole.counts == counts)
    var weighted = 0.0
    for (area, count) in zip(areas, counts) { weighted += area * Double(count) / 300 }
    #expect(abs(whole.weightedAreaUnderCurve - weighted) < 2e-3)
  }
}
