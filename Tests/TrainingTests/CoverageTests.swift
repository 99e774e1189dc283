import Testing

@testable import Training

@Suite struct CoverageTests {
  /// Three steps of two slices over ten rows: 2 + 2, 2 + 2, 1 + 1.
  private static let slices = [(0, 0, 2), (0, 1, 2), (1, 0, 2), (1, 1, 2), (2, 0, 1), (2, 1, 1)]

  @Test(arguments: [
    ([0, 1, 2, 3, 4, 5], 10, 0, 0, true),
    ([5, 3, 1, 0, 2, 4], 10, 0, 0, true),
    ([], 0, 0, 6, false),
    ([0, 1, 2, 3, 4], 9, 0, 1, false),
    ([0, 1, 2, 3, 4, 5, 2], 12, 1, 0, false),
    // As many rows as there are, but not each once.
    ([0, 1, 2, 3, 4, 4], 10, 1, 1, false),
  ])
  func tellsWhatIsMissingOrRepeated(
    order: [Int], seen: Int, repeated: Int, missing: Int, isExact: Bool
  ) {
    var coverage = Coverage(epoch: 7, rows: 10, steps: 3, slicesPerStep: 2)
    for index in order {
      let (step, slice, rows) = Self.slices[index]
      coverage.apply(step: step, slice: slice, rows: rows)
    }
    #expect(
      coverage.report
        == CoverageReport(
          epoch: 7, rows: 10, seen: seen, repeatedSlices: repeated, missingSlices: missing))
    #expect(coverage.report.isExact == isExact)
  }
}
