import Testing

@testable import Studies

@Suite struct StudyKindTests {
  @Test(arguments: StudyKind.allCases)
  func isExplained(kind: StudyKind) {
    #expect(kind.summary.hasSuffix(".") && !kind.usualModels.isEmpty)
    #expect(StudyKind(rawValue: kind.rawValue) == kind)
  }

  /// The paper's studies take all values from a recipe; only they stand beside its figures.
  @Test(arguments: StudyKind.allCases)
  func onlyPlantedProblemsHaveValuesOfTheirOwn(kind: StudyKind) {
    #expect(kind.settings.isEmpty == kind.isOfThePaper && kind.notes.isEmpty == kind.isOfThePaper)
    #expect(kind.isOfThePaper == (kind != .planted))
    #expect(kind.settings.allSatisfy { $0.contains("=") })
  }

  @Test func aTransferredMethodIsAnother() {
    let method = StudyMethod.every(3)
    #expect(method.transferred.isTransferred && method.transferred.settings == method.settings)
    #expect(method.transferred.name != method.name)
    #expect(method.learnedThere.name == method.name && !method.learnedThere.isTransferred)
  }
}
