import Testing

@testable import Studies

@Suite struct SearchAxisTests {
  @Test(arguments: [
    (SearchAxis.continuous, 0.3, 0.3), (.ordered(4), 0.3, 0.375), (.ordered(4), 0, 0.125),
    (.ordered(4), 1, 0.875), (.unordered(2), 0.499, 0.25), (.unordered(1), 0.9, 0.5),
  ])
  func coordinatesStandForValues(axis: SearchAxis, coordinate: Double, value: Double) {
    #expect(axis.snapped(coordinate) == value)
    #expect(axis.snapped(value) == value)
  }

  @Test func drawsAreEvenlySpread() {
    var generator = SplitMix(1)
    let draws = (0..<4000).map { _ in generator.uniform() }
    #expect(draws.allSatisfy { (0..<1).contains($0) })
    for cell in 0..<4 {
      let count = draws.count { SearchAxis.cell($0, of: 4) == cell }
      #expect((900...1100).contains(count), "\(cell): \(count)")
    }
  }
}
