import Testing

@testable import Training

@Suite struct ExitCodeTests {
  @Test func areTheDocumentedNumbers() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78])
  }

  @Test(arguments: [(ExitCode.interrupted, true), (.unavailable, true), (.configuration, false)])
  func tellWhetherToTryAgain(code: ExitCode, expected: Bool) {
    #expect(code.isWorthRetrying == expected)
  }
}
