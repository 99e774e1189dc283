import Glibc
import Kernels
import TestSupport
import Testing

@testable import Objectives

@Suite struct ClassLossesReferenceTests {
  struct Meta: Decodable {
    let classes: Int
    let losses: [String: [String: Float]]
  }

  @Test func everyLossAndDerivative() throws {
    let reference = try Reference.load("losses_multiclass")
    let meta = try reference.meta(as: Meta.self)
    let names = meta.losses.sorted { $0.key < $1.key }
    let losses = try names.map { name, parameters in
      let kinds = ["kl_smooth": "kl", "hinge_crammer_singer": "hinge"]
      let assignments = parameters.keys.sorted().map { "\($0)=\(parameters[$0] ?? 0)" }
      let kind = kinds[name] ?? name
      return try Loss(
        assignments.isEmpty ? kind : "\(kind):\(assignments.joined(separator: ","))")
    }
    let labels = Floats(try reference.floats("y"))
    let logits = Floats(try reference.floats("z"))
    let table = CandidateTable(losses: losses, classes: meta.classes, maximumRows: labels.count)
    table.evaluate(logits: logits, labels: labels, rows: labels.count)
    for (column, entry) in names.enumerated() {
      // Divergences and derivatives pass through 0: there only the absolute error is small.
      let isDivergence = ["kl_smooth", "reverse_kl"].contains(entry.key)
      let values = try reference.doubles("\(entry.key).value")
      let slopes = try reference.doubles("\(entry.key).dz")
      var errors = Errors("losses_multiclass \(entry.key)")
      for row in 0..<labels.count {
        let limit = isDivergence ? 0.1 : 1e-30
        let error = abs(Double(table.value(column)[row]) - values[row])
        errors.add("value of row \(row)", error: error / max(abs(values[row]), limit))
        // Derivatives of one example share a scale: that of the largest.
        let wanted = (0..<meta.classes).map { slopes[row * meta.classes + $0] }
        let scale = max(wanted.map(abs).max() ?? 0, isDivergence ? 0.1 : 1e-30)
        for (j, slope) in wanted.enumerated() {
          let actual = Double(table.derivative(column, logit: j)[row])
          errors.add("dz_\(j) of row \(row)", error: abs(actual - slope) / scale)
        }
      }
      errors.print()
      #expect(errors.largest < 2e-5, "\(errors.worst)")
    }
  }
}

@Suite struct ClassLossesTests {
  static let kinds = LossKind.all.filter { $0.classDefinition != nil }.map(\.name)
  static let texts =
    kinds + ["focal:gamma=0.5", "kl:epsilon=0", "gce:q=1", "ce_smooth:epsilon=1", "sce:A=-6"]

  /// Values, and derivatives [rows × K].
  static func evaluate(_ text: String, _ logits: [[Float]], _ label: Int) throws
    -> (values: [Float], derivatives: [[Float]])
  {
    let classes = logits[0].count
    let table = CandidateTable(
      losses: [try Loss(text)], classes: classes, maximumRows: logits.count)
    let labels = Floats([Float](repeating: Float(label), count: logits.count))
    table.evaluate(logits: Floats(logits.flatMap(\.self)), labels: labels, rows: logits.count)
    let slopes = logits.indices.map { row in
      (0..<classes).map { table.derivative(0, logit: $0)[row] }
    }
    return (Array(table.values.array.prefix(logits.count)), slopes)
  }

  static func logits(_ row: Int, classes: Int, scale: Float = 2) -> [Float] {
    (0..<classes).map {
      Randomness(seed: 8, purpose: .test).normal(example: row, lane: $0) * scale
    }
  }

  @Test(arguments: texts, [3, 5])
  func derivativeIsTheSlope(_ text: String, _ classes: Int) throws {
    let step: Float = 0.01
    for row in 0..<40 {
      let z = Self.logits(row, classes: classes)
      let label = row % classes
      let slopes = try Self.evaluate(text, [z], label).derivatives[0]
      for j in z.indices {
        var (up, down) = (z, z)
        up[j] += step
        down[j] -= step
        let values = try Self.evaluate(text, [up, z, down], label).values
        let (right, left) = ((values[0] - values[1]) / step, (values[1] - values[2]) / step)
        // Across a kink the quotient is the slope of neither side.
        let isKinked = text.contains("hinge") || text == "ordinal_mae"
        if isKinked, abs(right - left) > 0.05 { continue }
        let tolerance: Float = isKinked ? 0.03 : 0.002
        #expect(
          abs((right + left) / 2 - slopes[j]) < tolerance * max(1, abs(slopes[j])),
          "row \(row), class \(j)")
      }
    }
  }

  /// A candidate that can be negative would be chosen for that alone.
  @Test(arguments: texts)
  func finiteAndNeverNegative(_ text: String) throws {
    let levels: [Float] = [0, -0.0, 1, -1, 10_000, -10_000, 88, -88, 104, 700, -700]
    var logits: [[Float]] = []
    for a in levels {
      for b in levels { logits += [[a, b, 0], [b, 0.5, a], [a, a, b]] }
    }
    for label in 0..<3 {
      let (values, derivatives) = try Self.evaluate(text, logits, label)
      for (row, z) in logits.enumerated() {
        #expect(values[row].isFinite && values[row] >= 0, "z = \(z): \(values[row])")
        #expect(derivatives[row].allSatisfy { $0.isFinite }, "z = \(z): \(derivatives[row])")
      }
    }
  }

  /// Adding the same to all logits changes nothing, so derivatives add up to 0.
  @Test(arguments: texts)
  func derivativesAddUpToNothing(_ text: String) throws {
    for row in 0..<30 {
      let slopes = try Self.evaluate(text, [Self.logits(row, classes: 5)], row % 5).derivatives[0]
      #expect(abs(slopes.reduce(0, +)) < 2e-6 * (1 + slopes.reduce(0) { $0 + abs($1) }))
    }
  }

  @Test(arguments: texts)
  func notANumberStaysVisible(_ text: String) throws {
    for place in 0..<3 {
      var z: [Float] = [0.5, 1, -1]
      z[place] = .nan
      for label in 0..<3 {
        let (values, _) = try Self.evaluate(text, [z, [1, 2, 3]], label)
        #expect(values[0].isNaN && values[1].isFinite, "place \(place), label \(label)")
      }
    }
  }

  /// What depends on the true class alone is the loss of one logit s = z_c − log Σ_{j≠c} e^{z_j}.
  @Test(arguments: ["ce", "focal", "mae", "gce", "sce", "poly1", "kl:epsilon=0"])
  func agreesWithTheLossOfOneLogit(_ text: String) throws {
    for s in (-20...20).map({ Float($0) * 0.4 }) {
      // A third class without any part in it.
      let (values, derivatives) = try Self.evaluate(text, [[s, 0, -10_000]], 0)
      let binary = try CandidateTableTests.evaluate(text, [s], 1)
      #expect(values == binary.values)
      #expect(derivatives[0][0] == binary.derivatives[0])
      #expect(derivatives[0][1] == -binary.derivatives[0])
    }
  }

  @Test(arguments: ["kl:epsilon=0", "ce_smooth:epsilon=0", "focal:gamma=0", "poly1:epsilon=0"])
  func isCrossEntropyWithoutItsExtra(_ text: String) throws {
    let logits = (0..<50).map { Self.logits($0, classes: 4, scale: 5) }
    let plain = try Self.evaluate(text, logits, 2)
    let crossEntropy = try Self.evaluate("ce", logits, 2)
    #expect(plain.values == crossEntropy.values)
    for (a, b) in zip(plain.derivatives.joined(), crossEntropy.derivatives.joined()) {
      #expect(abs(a - b) <= 1e-6 * abs(b) + 1e-7)
    }
  }

  /// Divergences vanish where the prediction is the smoothed label.
  @Test(arguments: ["kl", "reverse_kl"])
  func divergenceVanishesAtTheLabel(_ text: String) throws {
    let label: [Double] = [0.02, 0.92, 0.02, 0.02, 0.02]
    let (values, slopes) = try Self.evaluate(text, [label.map { Float(log($0)) }], 1)
    #expect(values[0] < 3e-7 && slopes[0].allSatisfy { abs($0) < 3e-7 })
  }

  /// Where a true class that competes with 0 would cost 1.2 (Keras on logits), Crammer and Singer's
  /// hinge costs nothing; it takes the highest rival alone, not the sum of all (torch).
  @Test func hingeIsCrammerAndSingers() throws {
    let z: [Float] = [-3, -2, -1.5, -4, -0.2]
    let won = try Self.evaluate("hinge", [z], 4)
    #expect(won.values == [0] && won.derivatives == [[0, 0, 0, 0, 0]])
    let lost = try Self.evaluate("hinge", [z], 0)
    #expect(lost.values == [1 + (-0.2 + 3)] && lost.derivatives == [[-1, 0, 0, 0, 1]])
    // At the kink there is no slope, and among equal rivals the first has it.
    #expect(try Self.evaluate("hinge", [[1, 0, 0]], 0).derivatives == [[0, 0, 0]])
    #expect(try Self.evaluate("hinge", [[0, 2, 2]], 0).derivatives == [[-1, 1, 0]])
    let gap = lost.values[0]
    #expect(try Self.evaluate("squared_hinge", [z], 0).values == [gap * gap])
  }

  /// The sum over classes doubles what one logit gives, and absolute errors come in pairs.
  @Test func twoClassesAndOneLogit() throws {
    let classes = try Self.evaluate("mse", [[0.7, -0.4, -10_000]], 0).values[0]
    let binary = try CandidateTableTests.evaluate("mse", [1.1], 1).values[0]
    #expect(abs(classes - 2 * binary) < 1e-7)
    // Ordered classes know how far off they are.
    let near = try Self.evaluate("ordinal_mse", [[0, 0, 9]], 1).values[0]
    let far = try Self.evaluate("ordinal_mse", [[0, 0, 9]], 0).values[0]
    #expect(near < 1.01 && far > 3.9)
    let absolute = try Self.evaluate("ordinal_mae", [[0, 0, 9]], 0).values[0]
    #expect(abs(absolute * absolute - far) < 1e-5)
  }

  /// K − 1 binary cross entropies, with the probabilities added up in double precision.
  @Test(arguments: [3, 5, 10])
  func ordinalCrossEntropyAsksForEachThreshold(classes: Int) throws {
    for row in 0..<60 {
      let z = Self.logits(row, classes: classes, scale: 3)
      let powers = z.map { exp(Double($0)) }
      let sum = powers.reduce(0, +)
      let label = row % classes
      var expected = 0.0
      for k in 0..<classes - 1 {
        let above = powers[(k + 1)...].reduce(0, +) / sum
        let below = powers[...k].reduce(0, +) / sum
        expected -= log(label > k ? above : below)
      }
      let value = try Self.evaluate("ordinal_ce", [z], label).values[0]
      #expect(abs(Double(value) - expected) < 5e-6 * (1 + expected), "row \(row)")
    }
    let near = try Self.evaluate("ordinal_ce", [[0, 0, 9]], 1).values[0]
    let far = try Self.evaluate("ordinal_ce", [[0, 0, 9]], 0).values[0]
    #expect(far > near + 8, "far is worse than near")
  }

  /// The rows beyond the slice do not reach into it, whatever its length.
  @Test(arguments: [1, 7, 8, 9, 100])
  func anyNumberOfRows(_ rows: Int) throws {
    let logits = (0..<rows).map { Self.logits($0, classes: 3) }
    let together = try Self.evaluate("focal", logits, 1)
    for row in [0, rows / 2, rows - 1] {
      let alone = try Self.evaluate("focal", [logits[row]], 1)
      #expect(alone.values[0] == together.values[row])
      #expect(alone.derivatives[0] == together.derivatives[row])
    }
  }
}
