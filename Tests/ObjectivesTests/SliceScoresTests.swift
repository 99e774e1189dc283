import Glibc
import Kernels
import Testing

@testable import Objectives

@Suite struct SliceScoresTests {
  @Test func rowsAreSortedByLabel() {
    let scores = SliceScores(capacity: 16)
    scores.load(
      logits: Floats([1, -2, 3, 4, 5, 6, 7, 8, 9]), labels: Floats([1, 0, 0, 1, 0, 0, 0, 0, 0]),
      rows: 9)
    #expect(scores.rows == 9 && scores.positives.count == 2 && scores.negatives.count == 7)
    #expect(scores.positives.rows.array.prefix(2) == [0, 3])
    #expect(scores.negatives.logits.array.prefix(8) == [-2, 3, 5, 6, 7, 8, 9, -.infinity])
    for (row, z) in [1, -2, 3, 4, 5, 6, 7, 8, 9].enumerated() {
      #expect(abs(Double(scores.surprises[row]) - log1p(exp(-Double(z)))) < 1e-6)
      #expect(abs(Double(scores.doubts[row]) - 1 / (1 + exp(Double(z)))) < 1e-6)
    }
    #expect(scores.logits[2] == 3 && scores.logits[9] == -.infinity)
    #expect(scores.surprises[9] == .infinity)
    scores.positives.takeWeights(Floats([2, 0, 0, 5, 0, 0, 0, 0, 0]))
    #expect(scores.positives.weights.array.prefix(8) == [2, 5, 0, 0, 0, 0, 0, 0])
    // A shorter slice forgets the longer one.
    scores.load(logits: Floats([3]), labels: Floats([0]), rows: 1)
    #expect(scores.positives.count == 0 && scores.negatives.count == 1)
    #expect(scores.negatives.logits[1] == -.infinity)
  }
}
