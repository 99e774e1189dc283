import Foundation
import Testing

@testable import Reporting

@Suite struct LineChartTests {
  private func chart(_ points: [(x: Double, y: Double)]) -> LineChart {
    LineChart("a < b", horizontal: "step", lines: [LineChart.Line("x & y", points)], range: 0...1)
  }

  @Test func pointsLieWhereTheAxesSay() {
    // The plot is 560 wide from 64, 240 high from 14.
    let svg = chart([(0, 0), (5, 0.5), (10, 1)]).svg
    #expect(svg.contains("M64.0 254.0h0L344.0 134.0L624.0 14.0"))
  }

  @Test func gapsAreLeftWhereNumbersAreMissing() {
    let svg = chart([(0, 0), (4, .nan), (10, 1)]).svg
    #expect(svg.contains("M64.0 254.0h0M624.0 14.0h0"))
    #expect(!svg.contains("nan"))
  }

  @Test(
    arguments: [
      [], [(x: 3, y: .nan)], [(x: 3, y: 0.5)], [(x: 1e17, y: 0.5)], [(x: -1e30, y: 0)],
    ] as [[(x: Double, y: Double)]])
  func littleIsDrawnAsWell(points: [(x: Double, y: Double)]) {
    let svg = chart(points).svg
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func dotsAndGuidesAreToldApart() {
    let points = [(x: 0.0, y: 0.0), (x: 5, y: .nan), (x: 10, y: 1)]
    func svg(_ style: LineChart.Line.Style) -> String {
      LineChart(
        "a", horizontal: "x", lines: [LineChart.Line("b", points, style: style)], range: 0...1
      ).svg
    }
    #expect(!svg(.plain).contains("stroke-dasharray") && !svg(.plain).contains("\"8\""))
    #expect(svg(.marked).contains("M64.0 254.0h0M624.0 14.0h0\" fill=\"none\""))
    #expect(svg(.marked).contains("stroke-width=\"8\"") && !svg(.marked).contains("nan"))
    #expect(svg(.guide).contains("stroke=\"currentColor\" stroke-dasharray"))
  }

  @Test func itIsWellFormed() throws {
    let text = LineChart(
      "a < b", horizontal: "x & y",
      lines: (0..<10).map { LineChart.Line("<\($0)>", [(0, Double($0)), (1, 2)]) }
    ).html
    let parser = XMLCheck(text)
    #expect(parser.problem == nil)
    #expect(text.contains("stroke-dasharray"))
  }

  @Test(arguments: [0...1, 0...70_000, -3...0.2, 0.7811...0.7823, 5...5.001])
  func ticksAreRoundAndFew(span: ClosedRange<Double>) {
    let ticks = LineChart.ticks(span)
    #expect((4...9).contains(ticks.count), "\(ticks)")
    #expect(ticks.allSatisfy { span.contains($0) })
    #expect(Set(ticks.map(LineChart.label)).count == ticks.count)
  }

  @Test func ticksReadAsPeopleWriteThem() {
    #expect([0, 0.2, 1, 12.5, 20_000].map(LineChart.label) == ["0", "0.2", "1", "12.5", "20,000"])
    #expect([1e19, -1e16].map(LineChart.label) == ["1e+19", "-1e+16"])
  }

  /// Numbers beyond all integers, spans that are too wide or too narrow for a step.
  @Test(arguments: [
    1e17...1e17, -1e19...1e19, 3e299...3e299, -1e308...1e308, 0...Double.leastNonzeroMagnitude,
  ])
  func hugeAndTinySpansHaveTicksOrNone(_ ends: ClosedRange<Double>) {
    let span = LineChart.span([ends.lowerBound, ends.upperBound], nil)
    #expect(span.lowerBound < span.upperBound)
    let ticks = LineChart.ticks(span)
    #expect(ticks.count <= 9)
    #expect(ticks.map(LineChart.label).allSatisfy { !$0.isEmpty })
  }

  @Test func longLinesKeepTheirMean() {
    let points = (0..<10_000).map { (x: Double($0), y: $0 % 2 == 0 ? 1.0 : 3.0) }
    let thin = LineChart.thinned(points)
    #expect(thin.count == LineChart.mostPoints)
    #expect(thin.allSatisfy { abs($0.y - 2) < 0.1 })
    #expect(LineChart.thinned(Array(points.prefix(400))).count == 400)
    #expect(LineChart.thinned(points.map { (x: $0.x, y: .nan) }).allSatisfy { $0.y.isNaN })
  }

  @Test func aSpanIsNeverEmpty() {
    #expect(LineChart.span([], nil) == 0...1)
    #expect(LineChart.span([2], nil) == 1.5...2.5)
    #expect(LineChart.span([2, 4], nil) == 2...4)
    #expect(LineChart.span([2, 4], 0...1) == 0...1)
  }
}
