import Kernels
import TestSupport
import Testing

@testable import Objectives

@Suite struct CandidateTableReferenceTests {
  struct Meta: Decodable { let losses: [String: [String: Float]] }

  /// Our text for a loss of the reference file.
  static func text(_ name: String, _ parameters: [String: Float]) -> String {
    let kinds = [
      "kl_onehot": "kl", "kl_smooth": "kl", "hinge_logit": "hinge", "focal_alpha": "focal",
      "focal_half": "focal",
    ]
    var parameters = parameters
    if name == "kl_onehot" { parameters["epsilon"] = 0 }
    let assignments = parameters.keys.sorted().map { "\($0)=\(parameters[$0] ?? 0)" }
    let kind = kinds[name] ?? name
    return assignments.isEmpty ? kind : "\(kind):\(assignments.joined(separator: ","))"
  }

  @Test func everyLossAndDerivative() throws {
    let reference = try Reference.load("losses_binary")
    let names = try reference.meta(as: Meta.self).losses.sorted { $0.key < $1.key }
    let losses = try names.map { try Loss(Self.text($0.key, $0.value)) }
    let logits = Floats(try reference.floats("z"))
    let table = CandidateTable(losses: losses, maximumRows: logits.count)
    table.evaluate(
      logits: logits, labels: Floats(try reference.floats("y")), rows: logits.count)
    for (column, entry) in names.enumerated() {
      // A divergence is a difference of entropies, the asymmetric loss one of probabilities, and
      // the derivatives of smoothed losses pass through 0: there only the absolute error is small.
      let floor = ["kl_smooth", "reverse_kl", "asl"].contains(entry.key) ? 0.1 : 1e-30
      let slopeFloor = floor < 0.1 && entry.key != "ce_smooth" ? 1e-30 : 0.1
      for (part, actual, limit) in [
        ("value", table.value(column), floor), ("dz", table.derivative(column), slopeFloor),
      ] {
        let expected = try reference.doubles("\(entry.key).\(part)")
        var errors = Errors("losses_binary \(entry.key).\(part)")
        for (row, wanted) in expected.enumerated() {
          let error = abs(Double(actual[row]) - wanted) / max(abs(wanted), limit)
          errors.add("row \(row) z \(logits[row])", error: error)
        }
        errors.print()
        #expect(errors.largest < 2e-5, "\(entry.key).\(part)")
      }
    }
  }
}

@Suite struct CandidateTableTests {
  static let texts =
    LossKind.all.filter { $0.definition != nil && !$0.comparesExamples }.map(\.name)
    + ["focal:gamma=0.5", "focal:gamma=3,alpha=0.25", "kl:epsilon=0", "asl:gamma_neg=0"]
    + ["asl:gamma_neg=0.5,margin=0", "gce:q=1", "ce_smooth:epsilon=0", "ce:pos_weight=4"]

  static func evaluate(_ text: String, _ logits: [Float], _ label: Float) throws
    -> (values: [Float], derivatives: [Float])
  {
    let table = CandidateTable(losses: [try Loss(text)], maximumRows: logits.count)
    let labels = Floats([Float](repeating: label, count: logits.count))
    table.evaluate(logits: Floats(logits), labels: labels, rows: logits.count)
    return (
      Array(table.values.array.prefix(logits.count)),
      Array(table.derivatives.array.prefix(logits.count))
    )
  }

  @Test(arguments: texts, [Float(0), 1])
  func derivativeIsTheSlope(_ text: String, _ label: Float) throws {
    let step: Float = 0.01
    for index in -50...50 {
      let z = Float(index) * 0.137
      let kinked = text.contains("hinge") && abs(abs(z) - 1) < 2 * step
      let cut = text.hasPrefix("asl") && abs(z + 2.944) < 2 * step
      if kinked || cut { continue }
      let (values, derivatives) = try Self.evaluate(text, [z - step, z, z + step], label)
      let quotient = (values[2] - values[0]) / (2 * step)
      #expect(abs(quotient - derivatives[1]) < 1e-3 * max(1, abs(derivatives[1])), "z = \(z)")
    }
  }

  @Test(arguments: texts, [Float(0), 1])
  func finiteAndNeverNegative(_ text: String, _ label: Float) throws {
    var logits: [Float] = [0, -0.0, 1, -1, 10_000, -10_000, 88, -88, 104, -104, 700, -700]
    logits += (-400...400).map { Float($0) * 0.25 }
    let (values, derivatives) = try Self.evaluate(text, logits, label)
    for (row, z) in logits.enumerated() {
      #expect(values[row].isFinite && values[row] >= 0, "z = \(z): \(values[row])")
      #expect(derivatives[row].isFinite, "z = \(z): \(derivatives[row])")
    }
  }

  @Test(arguments: texts)
  func notANumberStaysVisible(_ text: String) throws {
    for label: Float in [0, 1] {
      let (values, _) = try Self.evaluate(text, [.nan, 1], label)
      #expect(values[0].isNaN && values[1].isFinite)
    }
  }

  /// The rows beyond the slice do not reach into it, whatever its length.
  @Test(arguments: [1, 7, 8, 9, 500])
  func anyNumberOfRows(_ rows: Int) throws {
    let logits = (0..<rows).map { Float($0) * 0.01 - 1 }
    let together = try Self.evaluate("focal", logits, 1)
    for row in [0, rows / 2, rows - 1] {
      let alone = try Self.evaluate("focal", [logits[row]], 1)
      #expect(alone.values[0] == together.values[row])
    }
  }

  /// Standardised columns do not know how large a loss was.
  @Test func standardisedColumnsHaveNoScale() throws {
    let table = try CandidateTable(losses: Loss.list("mae hinge_tanh ce"), maximumRows: 9)
    let logits = Floats((0..<9).map { Float($0) - 3.5 })
    table.evaluate(logits: logits, labels: Floats([0, 1, 1, 0, 0, 1, 0, 1, 1]), rows: 9)
    let slope = table.derivative(2)[4] / (table.value(2)[4] - table.value(2)[3])
    table.standardise(rows: 9)
    for column in [table.value(0), table.value(1), table.value(2)] {
      let values = column.slice(0, 9).array
      #expect(abs(values.reduce(0, +)) < 1e-5)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 9) < 1e-4)
    }
    for row in 0..<9 {
      #expect(abs(table.value(0)[row] - table.value(1)[row]) < 1e-5)
      #expect(abs(table.derivative(0)[row] - table.derivative(1)[row]) < 1e-5)
    }
    // Slopes follow the values.
    let after = table.derivative(2)[4] / (table.value(2)[4] - table.value(2)[3])
    #expect(abs(after - slope) < 1e-4 * abs(slope))
  }

  @Test func columnsOfEqualValuesBecomeZero() throws {
    let table = try CandidateTable(losses: Loss.list("ce"), maximumRows: 4)
    table.evaluate(logits: Floats([1, 1, 1]), labels: Floats([1, 1, 1]), rows: 3)
    table.standardise(rows: 3)
    #expect((0..<3).allSatisfy { table.value(0)[$0] == 0 && table.derivative(0)[$0] == 0 })
  }

  /// notes of the method: at ξ = 0 the pointwise winner is the focal loss up to s = 0.977
  /// (p_t = 0.7265), from there on the hinge; cross entropy and KL never win.
  @Test func focalAndHingeShareThePointwiseMinimum() throws {
    let logits = (-800...800).map { Float($0) * 0.01 }
    let focal = try Self.evaluate("focal", logits, 1).values
    let hinge = try Self.evaluate("hinge", logits, 1).values
    let crossEntropy = try Self.evaluate("ce", logits, 1).values
    for (row, z) in logits.enumerated() {
      let probability = 1 / (1 + exponential(-z))
      if abs(probability - 0.7265) > 0.002 {
        #expect((hinge[row] < focal[row]) == (probability > 0.7265), "z = \(z)")
      }
      #expect(focal[row] < crossEntropy[row], "z = \(z)")
    }
  }

  private func exponential(_ x: Float) -> Float {
    VectorMath.exp(Octet(repeating: x))[0]
  }
}
