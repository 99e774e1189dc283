import Testing

@testable import Studies

@Suite struct PublishedFiguresTests {
  /// Every published cell belongs to a method that a study has, or is said to be absent.
  @Test func cellsBelongToMethods() {
    let methods = Set(
      StudyKind.allCases.flatMap { StudyPlan($0, .init(seeds: 1, data: "/data")).runs }
        .map(\.method.name))
    for (model, cells) in ["deepfm": 12, "ipnn": 4] {
      let known = methods.filter { PublishedFigures.paper(model: model, method: $0) != nil }
      let absent = PublishedFigures.absent(.table2, among: [])
        .filter { PublishedFigures.paper(model: model, method: $0.name) != nil }
      #expect(known.count + absent.count == cells)
    }
    #expect(PublishedFigures.paper(model: "nfm", method: "ce") == nil)
  }

  @Test func tunedBeatsThePaper() throws {
    let tuned = try #require(PublishedFigures.tuned(model: "deepfm"))
    let paper = try #require(PublishedFigures.paper(model: "deepfm", method: "autoloss"))
    #expect((tuned.auc ?? 0) > (paper.auc ?? 1) && (tuned.logloss ?? 1) < (paper.logloss ?? 0))
    #expect(PublishedFigures.tuned(model: "ncf") == nil)
  }
}
