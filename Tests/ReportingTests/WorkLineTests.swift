import Testing

@testable import Reporting

@Suite struct WorkLineTests {
  @Test(
    arguments: [
      (1_200_000, 0.45, 3.75, "counting  1,200,000 rows  45 %  320 k/s  ETA 4.6 s"),
      (10, nil, 0, "counting  10 rows"),
      (10, 0, 2, "counting  10 rows  0 %  5 /s"),
    ] as [(Int, Double?, Double, String)])
  func tellsHowFar(rows: Int, share: Double?, seconds: Double, text: String) {
    let line = WorkLine(work: "counting", rows: rows, share: share, seconds: seconds)
    #expect(line.description == text)
  }
}
