import Testing

@testable import Studies

@Suite struct StudyKindTests {
  @Test(arguments: StudyKind.allCases)
  func isExplained(kind: StudyKind) {
    #expect(kind.summary.hasSuffix(".") && !kind.usualModels.isEmpty)
    #expect(StudyKind(rawValue: kind.rawValue) == kind)
  }

  @Test func aTransferredMethodIsAnother() {
    let method = StudyMethod.every(3)
    #expect(method.transferred.isTransferred && method.transferred.settings == method.settings)
    #expect(method.transferred.name != method.name)
    #expect(method.learnedThere.name == method.name && !method.learnedThere.isTransferred)
  }
}
