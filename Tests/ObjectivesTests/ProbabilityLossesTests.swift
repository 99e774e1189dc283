import Testing

@testable import Objectives

@Suite struct ProbabilityLossesTests {
  static let logits = (-500...500).map { Float($0) * 0.02 }

  static func expectEqual(_ first: String, _ second: String, label: Float) throws {
    let a = try CandidateTableTests.evaluate(first, logits, label).values
    let b = try CandidateTableTests.evaluate(second, logits, label).values
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-6 * abs(y) + 1e-7) }
  }

  @Test(arguments: [Float(0), 1])
  func specialCases(_ label: Float) throws {
    try Self.expectEqual("gce:q=1", "mae", label: label)
    try Self.expectEqual("asl:gamma_pos=0,gamma_neg=0,margin=0", "ce", label: label)
    try Self.expectEqual("asl:gamma_pos=2,gamma_neg=2,margin=0", "focal", label: label)
  }

  @Test func easyNegativesAreLeftOut() throws {
    let (values, derivatives) = try CandidateTableTests.evaluate("asl", [-10, -3, -2.9], 0)
    #expect(values[0] == 0 && values[1] == 0 && values[2] > 0)
    #expect(derivatives[0] == 0 && derivatives[1] == 0 && derivatives[2] > 0)
  }
}
