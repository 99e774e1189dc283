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
}
