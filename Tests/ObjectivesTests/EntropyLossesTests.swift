import Testing

@testable import Objectives

@Suite struct EntropyLossesTests {
  static let logits = (-2000...2000).map { Float($0) * 0.013 }

  /// Without its extra each of them is cross entropy, bit for bit.
  @Test(arguments: [
    "kl:epsilon=0", "ce_smooth:epsilon=0", "focal:gamma=0", "poly1:epsilon=0",
    "sce:alpha=1,beta=0",
  ])
  func isCrossEntropyWithoutItsExtra(_ text: String) throws {
    for label: Float in [0, 1] {
      let plain = try CandidateTableTests.evaluate(text, Self.logits, label)
      let crossEntropy = try CandidateTableTests.evaluate("ce", Self.logits, label)
      #expect(plain.values == crossEntropy.values)
      for (a, b) in zip(plain.derivatives, crossEntropy.derivatives) {
        #expect(abs(a - b) <= 1e-6 * abs(b) + 1e-7)
      }
    }
  }

  /// Divergences vanish where the prediction is the smoothed label: σ(z) = 0.95.
  @Test(arguments: ["kl", "reverse_kl"])
  func divergenceVanishesAtTheLabel(_ text: String) throws {
    let (values, derivatives) = try CandidateTableTests.evaluate(text, [2.944_439], 1)
    #expect(values[0] < 2e-7 && abs(derivatives[0]) < 2e-7)
  }

  @Test func classWeightsScale() throws {
    let plain = try CandidateTableTests.evaluate("focal", Self.logits, 1).values
    let weighted = try CandidateTableTests.evaluate("focal:alpha=0.25", Self.logits, 1).values
    for (a, b) in zip(plain, weighted) { #expect(abs(a / 4 - b) <= 1e-6 * a) }
  }

  /// w·y·(−log p) − (1 − y) log(1 − p), as torch's `BCEWithLogitsLoss` has it.
  @Test func positivesWeighWhatTheyAreTold() throws {
    for (label, weight) in [(Float(0), Float(1)), (1, 3)] {
      let plain = try CandidateTableTests.evaluate("ce", Self.logits, label)
      let weighted = try CandidateTableTests.evaluate("ce:pos_weight=3", Self.logits, label)
      #expect(weighted.values == plain.values.map { weight * $0 })
      #expect(weighted.derivatives == plain.derivatives.map { weight * $0 })
    }
  }
}
