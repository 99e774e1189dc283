import Foundation
import Kernels
import TestSupport
import Testing

@testable import Objectives

/// A number of metrics.json, where "nan", "inf" and "-inf" are strings.
struct Number: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      value = Double(text) ?? .nan
    } else {
      value = try container.decode(Double.self)
    }
  }
}

struct Expected: Decodable { let value: Number }

struct MetricsFile: Decodable {
  struct Ranking: Decodable { let y: [Int], score: [Number], auc: Expected }
  struct Loss: Decodable { let y: [Int], p: [Number]?, z: [Number]?, logloss: Expected }
  struct Bins: Decodable { let y: [Int], p: [Double], ece: BinsResult }
  struct BinsResult: Decodable {
    let value: Number, counts: [Int], predictedToActual: Number
  }
  let aucBinary: [String: Ranking]
  let loglossBinary: [String: Loss]
  let ece10Bins: [String: Bins]

  static func load() throws -> MetricsFile {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: Reference.url("metrics.json"))
    return try decoder.decode(MetricsFile.self, from: data)
  }
}

/// NaN agrees with NaN.
func difference(_ actual: Double, _ expected: Double) -> Double {
  actual.isNaN && expected.isNaN || actual == expected ? 0 : abs(actual - expected)
}

@Suite struct BinaryMetricsReferenceTests {
  @Test func areaUnderCurve() throws {
    var errors = Errors("metrics.json auc_binary (absolute)")
    for (name, entry) in try MetricsFile.load().aucBinary.sorted(by: { $0.key < $1.key }) {
      var metrics = BinaryMetrics()
      for (score, label) in zip(entry.score, entry.y) {
        metrics.add(logit: Float(score.value), label: Float(label))
      }
      errors.add(name, error: difference(metrics.result().auc, entry.auc.value.value))
    }
    errors.print()
    #expect(errors.largest < 1e-14, "\(errors.worst)")
  }

  @Test func loglossFromLogits() throws {
    var errors = Errors("metrics.json logloss_binary from logits")
    for (name, entry) in try MetricsFile.load().loglossBinary.sorted(by: { $0.key < $1.key }) {
      guard let logits = entry.z else { continue }
      var metrics = BinaryMetrics()
      for (logit, label) in zip(logits, entry.y) {
        metrics.add(logit: Float(logit.value), label: Float(label))
      }
      let expected = entry.logloss.value.value
      errors.add(name, error: difference(metrics.result().logloss, expected) / expected)
    }
    errors.print()
    // The logits were rounded to single precision on the way in.
    #expect(errors.largest < 1e-8, "\(errors.worst)")
  }
}

@Suite struct BinaryMetricsTests {
  static let randomness = Randomness(seed: 3, purpose: .test)

  static func examples(_ count: Int) -> [(logit: Float, label: Float)] {
    (0..<count).map {
      let logit = (randomness.normal(example: $0, lane: 0) * 8).rounded() / 8
      let label: Float = randomness.uniform(example: $0, lane: 8) < 0.3 ? 1 : 0
      return (logit, label)
    }
  }

  /// The definition: every pair of a positive and a negative, ties one half.
  static func pairwise(_ examples: [(logit: Float, label: Float)]) -> Double {
    let positives = examples.filter { $0.label == 1 }.map(\.logit)
    let negatives = examples.filter { $0.label == 0 }.map(\.logit)
    var wins = 0.0
    for p in positives {
      for n in negatives { wins += p > n ? 1 : p == n ? 0.5 : 0 }
    }
    return wins / Double(positives.count * negatives.count)
  }

  @Test func agreesWithTheDefinition() {
    let examples = Self.examples(700)
    var metrics = BinaryMetrics()
    for example in examples { metrics.add(logit: example.logit, label: example.label) }
    let result = metrics.result()
    #expect(abs(result.auc - Self.pairwise(examples)) < 1e-14)
    let loss = examples.reduce(0) {
      $0 + LogLoss.value(logit: Double($1.logit), label: Double($1.label))
    }
    #expect(abs(result.logloss - loss / 700) < 1e-12)
    #expect(result.rows == 700)
    #expect(result.positives == examples.filter { $0.label == 1 }.count)
  }

  @Test func orderAndPartsDoNotMatter() {
    let examples = Self.examples(1000)
    var forward = BinaryMetrics()
    for example in examples { forward.add(logit: example.logit, label: example.label) }
    var parts = [BinaryMetrics](repeating: BinaryMetrics(), count: 3)
    for (index, example) in examples.enumerated().reversed() {
      parts[index % 3].add(logit: example.logit, label: example.label)
    }
    var merged = BinaryMetrics()
    for part in parts { merged.merge(part) }
    #expect(merged.result() == forward.result())
  }

  @Test(arguments: [Float(0), 1])
  func oneClassHasNoCurve(_ label: Float) {
    var metrics = BinaryMetrics()
    metrics.add(logits: Floats([0.5, -1]), labels: Floats([label, label]), rows: 2)
    #expect(metrics.result().auc.isNaN)
    #expect(metrics.result().logloss.isFinite)
  }

  @Test func nothingAndNotANumberGiveNaN() {
    var metrics = BinaryMetrics()
    #expect(metrics.result().logloss.isNaN)
    metrics.add(logits: Floats([0.5, -1, .nan]), labels: Floats([1, 0, 1]), rows: 3)
    #expect(metrics.result().auc.isNaN && metrics.result().logloss.isNaN)
    #expect(metrics.rows == 3)
  }

  @Test func infiniteLogitsCount() {
    var metrics = BinaryMetrics()
    metrics.add(
      logits: Floats([.infinity, -.infinity, 0]), labels: Floats([1, 0, 1]), rows: 3)
    #expect(metrics.result().auc == 1)
    #expect(metrics.result().logloss.isFinite)
  }

  @Test func roomIsKept() {
    var metrics = BinaryMetrics()
    metrics.reserve(positives: 10, negatives: 10)
    metrics.add(logit: 1, label: 1)
    #expect(metrics.rows == 1)
  }
}
