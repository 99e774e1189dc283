import Objectives
import Testing

@testable import Search

@Suite struct CandidateScalesTests {
  private func scales(
    _ losses: String, _ name: String = "autoloss", classes: Int = 2, virtualStep: Float = 0.001
  ) throws -> CandidateScales? {
    var options = SearchOptions()
    options.virtualStep = virtualStep
    options.upper = .logloss
    return CandidateScales(
      try Strategy(
        name, candidates: Loss.list(losses), classes: classes, options: options))
  }

  /// Means over p = .05, .15, … .95 of |∂ℓ/∂z|: 1 − p of cross entropy, p(1 − p) of its absolute
  /// error, and 1 of the hinge up to a margin of 1, p = .73.
  @Test func slopesAreMeansOverPredictions() throws {
    let found = try #require(try scales("ce mae hinge"))
    #expect(found.candidates == ["ce", "mae", "hinge"])
    let expected: [Float] = [0.5, 0.1675, 0.7]
    for (slope, mean) in zip(found.slopes, expected) {
      #expect(abs(slope - mean) < 1e-5, "\(found.slopes)")
    }
  }

  /// With K classes the other logits move as much together as that of the label.
  @Test(arguments: [3, 5])
  func slopesOfClassesAreOfAllLogits(classes: Int) throws {
    let found = try #require(try scales("ce", classes: classes))
    #expect(abs(found.slopes[0] - 1) < 1e-5, "\(found.slopes)")
  }

  @Test(arguments: [
    ("ce mae gce", nil), ("focal kl hinge ce", nil), ("ce", nil),
    ("ce mae hinge", "hinge moves predictions 4.2 times as much as mae"),
  ])
  func aNoticeIsForThoseFarApart(losses: String, words: String?) throws {
    let notice = try #require(try scales(losses)).notice
    if let words {
      #expect(notice?.contains(words) == true, "\(notice ?? "")")
    } else {
      #expect(notice == nil)
    }
  }

  @Test func itIsForSearchesThatLookAhead() throws {
    #expect(try scales("ce mae hinge", virtualStep: 0) == nil)
    #expect(try scales("ce mae hinge", "al1") == nil)
    #expect(try scales("ce mae hinge", "darts") != nil)
  }
}
