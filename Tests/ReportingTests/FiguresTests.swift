import Testing

@testable import Reporting

@Suite struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (1_086_810, "1,086,810"), (-1234, "-1,234"),
  ])
  func counts(value: Int, text: String) { #expect(Figures.count(value) == text) }

  @Test(arguments: [
    (0.0, "0 /s"), (12, "12 /s"), (12.34, "12.3 /s"), (999, "999 /s"), (999.6, "1.00 k/s"),
    (226_400, "226 k/s"), (9_995_000, "10.0 M/s"), (.infinity, "? /s"),
  ])
  func rates(value: Double, text: String) { #expect(Figures.rate(value) == text) }

  @Test(arguments: [(512, "512 B"), (1_200_000_000, "1.20 GB")])
  func sizes(value: Int, text: String) { #expect(Figures.bytes(value) == text) }

  @Test(arguments: [
    (0.0, "0.0 s"), (9.84, "9.8 s"), (59.96, "1 min 00 s"), (123, "2 min 03 s"),
    (11_220, "3 h 07 min"), (.infinity, "?"), (-1, "?"),
  ])
  func durations(seconds: Double, text: String) { #expect(Figures.duration(seconds) == text) }

  @Test(arguments: [(0.80125, 4, "0.8013"), (.nan, 4, "nan"), (-.infinity, 1, "-inf")])
  func decimals(value: Double, decimals: Int, text: String) {
    #expect(Figures.fixed(value, decimals) == text)
  }
}
