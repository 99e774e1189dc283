import Foundation
import Kernels
import TestSupport
import Testing

@testable import Objectives

/// The part of metrics.json with several classes.
struct ClassMetricsFile: Decodable {
  struct Entry: Decodable {
    let y: [Int]
    let p: [[Double]]
    let aucOneVsRest: [Double?]
    let aucMacroOverPresent: Number
    let aucWeightedOverPresent: Number
    let aucOvrMacro: Figure
    let aucOvrWeighted: Figure
    let classCounts: [Int]
    let logloss: Expected
  }
  /// A number, or why scikit-learn has none.
  struct Figure: Decodable { let value: Number? }
  let aucMulticlass: [String: Entry]

  static func load() throws -> ClassMetricsFile {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      ClassMetricsFile.self, from: try Data(contentsOf: Reference.url("metrics.json")))
  }
}

@Suite struct ClassMetricsReferenceTests {
  @Test func oneVersusRestAndLogloss() throws {
    var errors = Errors("metrics.json auc_multiclass (absolute)")
    for (name, entry) in try ClassMetricsFile.load().aucMulticlass.sorted(by: { $0.key < $1.key }) {
      var metrics = ClassMetrics(classes: entry.classCounts.count)
      for (probabilities, label) in zip(entry.p, entry.y) {
        // As scikit-learn clips them for the logloss.
        metrics.add(label: label) { log(max(probabilities[$0], Double.ulpOfOne)) }
      }
      let result = metrics.result()
      #expect(result.labelCounts == entry.classCounts && result.rows == entry.y.count)
      for (number, expected) in entry.aucOneVsRest.enumerated() {
        errors.add(
          "\(name) class \(number)", error: difference(result.aucs[number], expected ?? .nan))
      }
      let figures = [
        ("macro", result.macroAUC, entry.aucMacroOverPresent),
        ("weighted", result.weightedAUC, entry.aucWeightedOverPresent),
        ("macro as scikit-learn", result.macroAUC, entry.aucOvrMacro.value),
        ("weighted as scikit-learn", result.weightedAUC, entry.aucOvrWeighted.value),
        ("logloss", result.logloss, entry.logloss.value),
      ]
      for case (let figure, let actual, let expected?) in figures {
        errors.add("\(name) \(figure)", error: difference(actual, expected.value))
      }
    }
    errors.print()
    #expect(errors.count > 40)
    #expect(errors.largest < 1e-9, "\(errors.worst)")
  }
}

@Suite struct ClassMetricsTests {
  static let rows = 600
  static let classes = 4
  static let logits = Floats(
    (0..<rows * classes).map {
      let word = Randomness(seed: 3, purpose: .test).normal(example: $0, lane: 0)
      return (word * 4).rounded() / 4
    })
  static let labels = Floats(
    (0..<rows).map {
      Float(Randomness(seed: 5, purpose: .test).word(example: $0, lane: 0) % 4)
    })

  static func metrics() -> ClassMetrics {
    var metrics = ClassMetrics(classes: classes)
    metrics.add(logits: logits, labels: labels, rows: rows)
    return metrics
  }

  /// Every pair of a member and another, by double-precision probabilities, ties one half.
  @Test func agreesWithTheDefinition() {
    let result = Self.metrics().result()
    let probabilities = (0..<Self.rows).map { row in
      LogLoss.probabilities(logits: Self.logits.slice(row * Self.classes, Self.classes).array)
    }
    var loss = 0.0
    var hits = 0
    for (row, p) in probabilities.enumerated() {
      loss -= log(p[Int(Self.labels[row])])
      hits += p.firstIndex(of: p.max() ?? 0) == Int(Self.labels[row]) ? 1 : 0
    }
    #expect(abs(result.logloss - loss / Double(Self.rows)) < 1e-12)
    #expect(result.accuracy == Double(hits) / Double(Self.rows))
    for k in 0..<Self.classes {
      let members = (0..<Self.rows).filter { Self.labels[$0] == Float(k) }
      let others = (0..<Self.rows).filter { Self.labels[$0] != Float(k) }
      var wins = 0.0
      for a in members {
        for b in others {
          let gap = probabilities[a][k] - probabilities[b][k]
          wins += abs(gap) < 1e-14 ? 0.5 : gap > 0 ? 1 : 0
        }
      }
      #expect(abs(result.aucs[k] - wins / Double(members.count * others.count)) < 1e-12)
    }
    #expect(abs(result.macroAUC - result.aucs.reduce(0, +) / 4) < 1e-15)
  }

  /// With two classes the figures are those of one logit, the difference.
  @Test func twoClassesAreOneLogit() {
    var classes = ClassMetrics(classes: 2)
    var binary = BinaryMetrics()
    for row in 0..<200 {
      let (a, b) = (Double(Self.logits[2 * row]), Double(Self.logits[2 * row + 1]))
      let label = Int(Self.labels[row]) % 2
      classes.add(label: label) { $0 == 0 ? a : b }
      binary.add(logit: Float(b - a), label: Float(label))
    }
    let (result, expected) = (classes.result(), binary.result())
    #expect(abs(result.macroAUC - expected.auc) < 1e-12)
    #expect(abs(result.logloss - expected.logloss) < 1e-12)
    #expect(result.labelCounts[1] == expected.positives)
  }

  @Test func confidenceIsCalibrated() {
    var metrics = ClassMetrics(classes: 3)
    // Sure of class 2 four times, and right three times.
    for row in 0..<4 { metrics.add(label: row == 0 ? 1 : 2) { $0 == 2 ? 40 : 0 } }
    #expect(abs(metrics.result().calibrationError - 0.25) < 1e-12)
    #expect(metrics.result().accuracy == 0.75)
  }

  @Test func nothingAndNotANumberGiveNaN() {
    var metrics = ClassMetrics(classes: 3)
    #expect(metrics.result().logloss.isNaN && metrics.result().macroAUC.isNaN)
    metrics.add(logits: Floats([0, 1, 2, .nan, 0, 0]), labels: Floats([0, 1]), rows: 2)
    #expect(metrics.result().rows == 2 && metrics.result().logloss.isNaN)
    #expect(metrics.result().macroAUC.isNaN && metrics.result().accuracy.isNaN)
  }

  @Test func oneClassHasNoCurve() {
    var metrics = ClassMetrics(classes: 3)
    metrics.add(logits: Floats([0, 1, 2, 1, 0, 0]), labels: Floats([1, 1]), rows: 2)
    let result = metrics.result()
    #expect(result.macroAUC.isNaN && result.weightedAUC.isNaN && result.logloss.isFinite)
  }

  /// Logits so far apart that one probability is 1 and the others are 0.
  @Test func saturatedLogitsCount() {
    var metrics = ClassMetrics(classes: 3)
    metrics.add(
      logits: Floats([2_000, 0, 0, 0, 2_000, 0]), labels: Floats([0, 1]), rows: 2)
    #expect(metrics.result().macroAUC == 1 && metrics.result().logloss == 0)
  }
}
