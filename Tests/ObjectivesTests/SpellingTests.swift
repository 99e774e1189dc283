import Testing

@testable import Objectives

@Suite struct SpellingTests {
  static let names = ["ce", "focal", "hinge", "hinge_tanh", "squared_hinge", "poly1"]

  @Test(arguments: [
    ("fokal", "focal"), ("FOCAL", "focal"), ("hing", "hinge"), ("hinge_logit", "hinge"),
    ("hinge_tan", "hinge_tanh"), ("poly", "poly1"), ("xyz", nil), ("", nil),
  ])
  func nearest(_ typed: String, _ meant: String?) {
    #expect(Spelling.nearest(typed, Self.names) == meant)
  }

  @Test func hintIsEmptyWhenNothingIsNear() {
    #expect(Spelling.hint("xyz", Self.names).isEmpty)
    #expect(Spelling.hint("fokal", Self.names) == " (did you mean \"focal\"?)")
  }
}
