import Testing

@testable import Studies

@Suite struct StudyFiguresTests {
  @Test func everyMeasureIsAnotherFigure() {
    let figures = StudyFigures(
      auc: 1, logloss: 2, scaledLogloss: 3, calibrationError: 4, steps: 0, seconds: 5,
      stepMilliseconds: 6, checksum: "")
    #expect(StudyMeasure.allCases.map { $0.value(figures) } == [1, 2, 3, 4, 5, 6])
    #expect(Set(StudyMeasure.allCases.map(\.title)).count == StudyMeasure.allCases.count)
    #expect(StudyMeasure.allCases.allSatisfy { $0.decimals > 0 })
  }
}
