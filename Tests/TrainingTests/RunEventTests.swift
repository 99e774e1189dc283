import Testing

@testable import Training

@Suite struct RunEventTests {
  @Test(arguments: [
    (10, 10, 0, 0, true), (10, 9, 0, 0, false), (10, 11, 0, 0, false), (10, 10, 1, 0, false),
    (10, 10, 0, 1, false), (0, 0, 0, 0, true),
  ])
  func coverageIsExactWhenNothingIsMissingOrRepeated(
    rows: Int, seen: Int, repeated: Int, missing: Int, isExact: Bool
  ) {
    let report = CoverageReport(
      epoch: 0, rows: rows, seen: seen, repeatedSlices: repeated, missingSlices: missing)
    #expect(report.isExact == isExact)
  }
}
