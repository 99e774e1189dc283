import Glibc
import Kernels
import Testing

@testable import Objectives

@Suite struct RankingLossesTests {
  static let texts = [
    "pair", "pair_hinge", "pair_hinge:margin=0.5", "list_ce", "jrc", "jrc:alpha=0",
    "pair:alpha=0.3", "pair_hinge:margin=0.5,alpha=0.7", "list_ce:alpha=0.4", "pair:alpha=1",
  ]
  static let rows = 37
  static let logits: [Float] = (0..<rows).map {
    Randomness(seed: 6, purpose: .test).normal(example: $0, lane: 0) * 2
  }
  static let labels: [Float] = (0..<rows).map { $0 % 4 == 1 ? 1 : 0 }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  static func alpha(_ text: String) throws -> Double {
    let parameters = try Loss(text).parameters
    return Double(parameters.last.flatMap { $0 } ?? 0)
  }

  /// α·ce + (1 − α)·comparison, each a mean over the slice.
  static func definition(_ text: String, _ z: [Double], _ labels: [Float]) throws -> Double {
    let alpha = try alpha(text)
    let losses = z.indices.map { softplus(labels[$0] == 1 ? -z[$0] : z[$0]) }
    let mean = losses.reduce(0, +) / Double(z.count)
    return alpha * mean + (1 - alpha) * comparison(text, z, labels)
  }

  /// The definitions, pair by pair in double precision: the loss of the slice.
  private static func comparison(_ text: String, _ z: [Double], _ labels: [Float]) -> Double {
    let positives = z.indices.filter { labels[$0] == 1 }
    let negatives = z.indices.filter { labels[$0] == 0 }
    if text.hasPrefix("list_ce") {
      let sum = z.reduce(0) { $0 + 1 / (1 + exp(-$1)) }
      let losses = positives.map { softplus(-z[$0]) + log(sum) }
      return losses.reduce(0, +) / Double(positives.count)
    }
    if text.hasPrefix("jrc") {
      let losses = z.indices.map { b in
        let sign = labels[b] == 1 ? 1.0 : -1.0
        let sum = z.reduce(0) { $0 + exp(sign * $1 / 2) }
        return log(sum) - sign * z[b] / 2
      }
      return losses.reduce(0, +) / Double(z.count)
    }
    let margin = text.contains("margin=0.5") ? 0.5 : 1.0
    var total = 0.0
    for i in positives {
      for j in negatives {
        let gap = max(0, margin - (z[i] - z[j]))
        total += text.hasPrefix("pair_hinge") ? gap * gap : softplus(z[j] - z[i])
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

  /// scale · Σ_a w_a ∂ℓ_a/∂z_b: of what each row costs by itself, and of the comparisons.
  static func gradient(_ table: CandidateTable, _ weights: Floats, scale: Float, rows: Int)
    -> Floats
  {
    let gradient = Floats(
      (0..<rows).map { scale * weights[$0] * table.derivatives[$0] })
    table.addComparisons(weights: weights, scale: scale, into: gradient)
    return gradient
  }

  static func equalWeights(_ table: CandidateTable) -> Floats {
    Floats([Float](repeating: 1, count: table.columnLength))
  }

  @Test(arguments: texts)
  func theMeanOfTheSharesIsTheLoss(_ text: String) throws {
    let table = try Self.table(text, Self.logits, Self.labels)
    let shares = (0..<Self.rows).map { Double(table.values[$0]) }
    let expected = try Self.definition(text, Self.logits.map(Double.init), Self.labels)
    #expect(abs(shares.reduce(0, +) / Double(Self.rows) - expected) < 2e-6 * expected)
    #expect(shares.allSatisfy { $0 >= 0 })
    let comparesOnly = try Self.alpha(text) == 0
    #expect(table.derivatives.array.allSatisfy { $0 == 0 } == comparesOnly)
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
    let gradient = Self.gradient(table, weights, scale: 0.5, rows: Self.rows)
    let slope = zip(gradient.array, direction).reduce(0.0) { $0 + Double($1.0 * 2 * $1.1) }
    let quotient = (up - down) / Double(2 * step)
    #expect(abs(quotient - slope) < 0.01 * abs(quotient) + 1e-3, "\(quotient) and \(slope)")
  }

  /// Each share moves with all logits as its motion says; weighed and summed that is what the
  /// gradient says.
  @Test(arguments: texts)
  func motionsAreSlopesOfTheShares(_ text: String) throws {
    let randomness = Randomness(seed: 12, purpose: .test)
    let table = try Self.table(text, Self.logits, Self.labels)
    let velocity = Self.logits.indices.map { randomness.normal(example: $0, lane: 1) }
    func shares(_ step: Float) -> [Float] {
      let logits = zip(Self.logits, velocity).map { $0 + step * $1 }
      table.evaluate(logits: Floats(logits), labels: Floats(Self.labels), rows: Self.rows)
      return Array(table.values.array.prefix(Self.rows))
    }
    let (up, down) = (shares(0.005), shares(-0.005))
    _ = shares(0)
    let motion = Floats(count: table.columnLength)
    for row in 0..<Self.rows { motion[row] = table.derivatives[row] * velocity[row] }
    table.addComparisonMotions(velocity: Floats(velocity), into: motion)
    let weights = Floats(count: table.columnLength)
    for row in 0..<Self.rows { weights[row] = randomness.uniform(example: row, lane: 0) }
    var (moved, size) = (0.0, 0.0)
    for row in 0..<Self.rows {
      let quotient = (up[row] - down[row]) / 0.01
      #expect(abs(quotient - motion[row]) < 0.01 * abs(quotient) + 2e-3, "row \(row)")
      moved += Double(weights[row] * motion[row])
      size += Double(abs(weights[row] * motion[row]))
    }
    let gradient = Self.gradient(table, weights, scale: 1, rows: Self.rows)
    let slope = zip(gradient.array, velocity).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(moved - slope) < 1e-5 * size, "\(moved) and \(slope)")
  }

  /// Rows that are parted are two slices, of which the first is what is asked about.
  @Test(arguments: texts, [0, 1, 13, 37])
  func partsAreComparedApart(_ text: String, _ first: Int) throws {
    let table = try Self.table(text, Self.logits, Self.labels)
    table.evaluate(
      logits: Floats(Self.logits), labels: Floats(Self.labels), rows: Self.rows, parted: first)
    for rows in [0..<first, first..<Self.rows] where !rows.isEmpty {
      let alone = try Self.table(text, Array(Self.logits[rows]), Array(Self.labels[rows]))
      #expect(rows.allSatisfy { table.values[$0] == alone.values[$0 - rows.lowerBound] })
      guard rows.upperBound == first else { continue }
      let (gradient, expected) = (Floats(count: Self.rows), Floats(count: rows.count))
      let weights = Self.equalWeights(table)
      table.addComparisons(weights: weights, scale: 0.1, into: gradient)
      alone.addComparisons(weights: weights, scale: 0.1, into: expected)
      #expect(gradient.array == expected.array + [Float](repeating: 0, count: Self.rows - first))
    }
  }

  /// What is added follows the standardised values, until other rows are evaluated.
  @Test func standardisedComparisonsHaveTheirScale() throws {
    let table = try Self.table("pair", Self.logits, Self.labels)
    func gradient() -> [Float] {
      let gradient = Floats(count: Self.rows)
      table.addComparisons(weights: Self.equalWeights(table), scale: 1, into: gradient)
      return gradient.array
    }
    let (before, distance) = (gradient(), table.values[1] - table.values[0])
    table.standardise(rows: Self.rows)
    let factor = (table.values[1] - table.values[0]) / distance
    #expect(abs(factor - 1) > 0.05)
    for (after, before) in zip(gradient(), before) {
      #expect(abs(after - factor * before) <= 1e-4 * abs(before))
    }
    table.evaluate(logits: Floats(Self.logits), labels: Floats(Self.labels), rows: Self.rows)
    #expect(gradient() == before)
  }

  /// With equal weights each logit's gradient is the difference quotient of the definition.
  @Test(arguments: texts)
  func eachLogitHasItsPart(_ text: String) throws {
    let table = try Self.table(text, Self.logits, Self.labels)
    let gradient = Self.gradient(
      table, Self.equalWeights(table), scale: 1 / Float(Self.rows), rows: Self.rows)
    let z = Self.logits.map(Double.init)
    for row in 0..<Self.rows {
      var (up, down) = (z, z)
      up[row] += 1e-5
      down[row] -= 1e-5
      let difference =
        try Self.definition(text, up, Self.labels) - Self.definition(text, down, Self.labels)
      #expect(abs(Double(gradient[row]) - difference / 2e-5) < 1e-5, "row \(row)")
    }
  }

  /// A slice of one class has no pair; what an example competes for within its class is left.
  @Test(arguments: texts, [Float(0), 1])
  func oneClassHasNothingToCompare(_ text: String, _ label: Float) throws {
    let labels = [Float](repeating: label, count: Self.rows)
    let table = try Self.table(text, Self.logits, labels)
    if text.hasPrefix("pair") || text.hasPrefix("list_ce") && label == 0 {
      let alone = try Self.alpha(text) > 0
      #expect(table.values.array.prefix(Self.rows).allSatisfy { ($0 > 0) == alone })
      let (gradient, motions) = (Floats(count: Self.rows), Floats(count: table.columnLength))
      table.addComparisons(weights: Self.equalWeights(table), scale: 1, into: gradient)
      table.addComparisonMotions(velocity: Floats(Self.logits), into: motions)
      #expect((gradient.array + motions.array).allSatisfy { $0 == 0 })
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
      let gradient = Self.gradient(
        table, Self.equalWeights(table), scale: 0.1, rows: logits.count)
      let motions = Floats(count: table.columnLength)
      table.addComparisonMotions(velocity: Floats(logits.map { $0 / 100 }), into: motions)
      #expect(motions.array.allSatisfy { $0.isFinite })
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
