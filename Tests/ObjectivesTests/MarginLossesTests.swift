import Testing

@testable import Objectives

@Suite struct MarginLossesTests {
  @Test func hingeHasNoSlopeAtItsKink() throws {
    #expect(try CandidateTableTests.evaluate("hinge", [1], 1).derivatives == [0])
    #expect(try CandidateTableTests.evaluate("hinge", [-1], 0).derivatives == [0])
    #expect(try CandidateTableTests.evaluate("hinge", [0.5, 2], 1).derivatives == [-1, 0])
  }

  @Test func squaredHingeIsTheSquare() throws {
    let logits = (-300...300).map { Float($0) * 0.02 }
    let hinge = try CandidateTableTests.evaluate("hinge", logits, 0).values
    let squared = try CandidateTableTests.evaluate("squared_hinge", logits, 0).values
    #expect(hinge.map { $0 * $0 } == squared)
  }

  /// With labels ±1 and p in (0, 1) a negative never costs less than 1.
  @Test func probabilityHingeIsAlwaysActive() throws {
    let values = try CandidateTableTests.evaluate("hinge_probability", [-9, 0, 9], 0).values
    #expect(values.allSatisfy { $0 > 1 })
    #expect(values[1] == 1.5)
  }
}
