import Glibc
import Kernels
import Testing

@testable import Objectives

@Suite struct RankingLossesTests {
  static let texts = [
    "pair", "pair_hinge", "pair_hinge:margin=0.5", "list_ce", "jrc", "jrc:alpha=0",
  ]
  static let rows = 37
  static let logits: [Float] = (0..<rows).map {
    Randomness(seed: 6, purpose: .test).normal(example: $0, lane: 0) * 2
  }
  static let labels: [Float] = (0..<rows).map { $0 % 4 == 1 ? 1 : 0 }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// The definitions, pair by pair in double precision: the loss of the slice.
  static func definition(_ text: String, _ z: [Double], _ labels: [Float]) -> Double {
    let positives = z.indices.filter { labels[$0] == 1 }
    let negatives = z.indices.filter { labels[$0] == 0 }
    if text == "list_ce" {
      let sum = z.reduce(0) { $0 + 1 / (1 + exp(-$1)) }
      let losses = positives.map { softplus(-z[$0]) + log(sum) }
      return losses.reduce(0, +) / Double(positives.count)
    }
    if text.hasPrefix("jrc") {
      let alpha = text == "jrc" ? 0.4 : 0
      let losses = z.indices.map { b in
        let sign = labels[b] == 1 ? 1.0 : -1.0
        let sum = z.reduce(0) { $0 + exp(sign * $1 / 2) }
        return alpha * softplus(-sign * z[b]) + (1 - alpha) * (log(sum) - sign * z[b] / 2)
      }
      return losses.reduce(0, +) / Double(z.count)
    }
    let margin = text.hasSuffix("0.5") ? 0.5 : 1.0
    var total = 0.0
    for i in positives {
      for j in negatives {
        let gap = max(0, margin - (z[i] - z[j]))
        total += text == "pair" ? softplus(z[j] - z[i]) : gap * gap
      }
    }
    return total / Double(positives.count * negatives.count)
  }

  static func table(_ text: String, _ logits: [Float], _ labels: [Float]) throws
    -> CandidateTable
  {
    let table = CandidateTable(losses: [try Loss(text)], maximumRows: logits.count)
    table.evaluate(logits: Floats(logits), labels: Floats(labels), rows: logits.count)
    return table
  }

  @Test(arguments: texts)
  func theMeanOfTheSharesIsTheLoss(_ text: String) throws {
    let table = try Self.table(text, Self.logits, Self.labels)
    let shares = (0..<Self.rows).map { Double(table.values[$0]) }
    let expected = Self.definition(text, Self.logits.map(Double.init), Self.labels)
    #expect(abs(shares.reduce(0, +) / Double(Self.rows) - expected) < 2e-6 * expected)
    #expect(shares.allSatisfy { $0 >= 0 })
    #expect(table.derivatives.array.allSatisfy { $0 == 0 })
  }

  /// Σ_b w_b ℓ_b changes with the logits as the gradient says, whatever the weights are.
  @Test(arguments: texts)
  func gradientIsTheSlope(_ text: String) throws {
    let randomness = Randomness(seed: 9, purpose: .test)
    let table = try Self.table(text, Self.logits, Self.labels)
    let weights = Floats(count: table.columnLength)
    for row in 0..<Self.rows { weights[row] = randomness.uniform(example: row, lane: 0) }
    func loss(_ logits: [Float]) -> Double {
      table.evaluate(
        logits: Floats(logits), labels: Floats(Self.labels), rows: logits.count)
      return (0..<Self.rows).reduce(0) { $0 + Double(weights[$1] * table.values[$1]) }
    }
    let direction = Self.logits.indices.map { randomness.uniform(example: $0, lane: 1) - 0.5 }
    let step: Float = 0.005
    let up = loss(zip(Self.logits, direction).map { $0 + step * $1 })
    let down = loss(zip(Self.logits, direction).map { $0 - step * $1 })
    _ = loss(Self.logits)
    let gradient = Floats([Float](repeating: 10, count: Self.rows))
    table.addComparisons(weights: weights, scale: 0.5, into: gradient)
    let slope = zip(gradient.array, direction).reduce(0.0) {
      $0 + Double(($1.0 - 10) * 2 * $1.1)
    }
    let quotient = (up - down) / Double(2 * step)
    #expect(abs(quotient - slope) < 0.01 * abs(quotient) + 1e-3, "\(quotient) and \(slope)")
  }

  /// With equal weights each logit's gradient is the difference quotient of the definition.
  @Test(arguments: texts)
  func eachLogitHasItsPart(_ text: String) throws {
    let table = try Self.table(text, Self.logits, Self.labels)
    let weights = Floats([Float](repeating: 1, count: table.columnLength))
    let gradient = Floats(count: Self.rows)
    table.addComparisons(weights: weights, scale: 1 / Float(Self.rows), into: gradient)
    let z = Self.logits.map(Double.init)
    for row in 0..<Self.rows {
      var (up, down) = (z, z)
      up[row] += 1e-5
      down[row] -= 1e-5
      let difference =
        Self.definition(text, up, Self.labels) - Self.definition(text, down, Self.labels)
      #expect(abs(Double(gradient[row]) - difference / 2e-5) < 1e-5, "row \(row)")
    }
  }

  /// A slice of one class has no pair; what an example competes for within its class is left.
  @Test(arguments: texts, [Float(0), 1])
  func oneClassHasNothingToCompare(_ text: String, _ label: Float) throws {
    let labels = [Float](repeating: label, count: Self.rows)
    let table = try Self.table(text, Self.logits, labels)
    if text.hasPrefix("pair") || text == "list_ce" && label == 0 {
      #expect(table.values.array.allSatisfy { $0 == 0 })
      let gradient = Floats(count: Self.rows)
      let weights = Floats([Float](repeating: 1, count: table.columnLength))
      table.addComparisons(weights: weights, scale: 1, into: gradient)
      #expect(gradient.array.allSatisfy { $0 == 0 })
    } else {
      #expect(table.values.array.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: texts)
  func finiteForLargeLogits(_ text: String) throws {
    let logits: [Float] = [10_000, -10_000, 88, -88, 0, 700, -700, 104, -104, 10_000]
    for shift in 0..<2 {
      let labels = logits.indices.map { Float(($0 + shift) % 2) }
      let table = try Self.table(text, logits, labels)
      let gradient = Floats(count: logits.count)
      let weights = Floats([Float](repeating: 1, count: table.columnLength))
      table.addComparisons(weights: weights, scale: 0.1, into: gradient)
      #expect(table.values.array.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect(gradient.array.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: texts)
  func notANumberStaysVisible(_ text: String) throws {
    for row in 0..<2 {
      var logits = Array(Self.logits.prefix(9))
      logits[row] = .nan
      let table = try Self.table(text, logits, Array(Self.labels.prefix(9)))
      #expect(table.values.array.contains { $0.isNaN }, "row \(row)")
    }
  }

  /// Beside a loss of single examples, each keeps to its columns.
  @Test func standsBesideOthers() throws {
    let table = CandidateTable(losses: try Loss.list("ce pair"), maximumRows: Self.rows)
    table.evaluate(logits: Floats(Self.logits), labels: Floats(Self.labels), rows: Self.rows)
    let alone = try Self.table("pair", Self.logits, Self.labels)
    let plain = try Self.table("ce", Self.logits, Self.labels)
    #expect(table.value(1).array == alone.value(0).array)
    #expect(table.value(0).array == plain.value(0).array)
    #expect(table.derivative(0).array == plain.derivative(0).array)
  }
}
