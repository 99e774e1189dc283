import Testing

@testable import Studies

@Suite struct HyperbandTests {
  /// Points and budgets of each bracket for η = 3 and budgets of 1 to 81, by hand: the first of a
  /// bracket with s cuts has ⌊5 / (s + 1)⌋ · 3ˢ points.
  @Test(arguments: [
    (0, [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]), (1, [(27, 3), (9, 9), (3, 27), (1, 81)]),
    (2, [(9, 9), (3, 27), (1, 81)]), (3, [(6, 27), (2, 81)]), (4, [(5, 81)]),
    (5, [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]),
  ])
  func bracketsAreThoseOfTheTable(index: Int, expected: [(Int, Int)]) {
    let rungs = Hyperband(least: 1, most: 81).bracket(index)
    #expect(rungs.map(\.points) == expected.map(\.0))
    #expect(rungs.map(\.budget) == expected.map(\.1))
  }

  /// Budgets end at the largest; the smallest is at least what was asked for.
  @Test(arguments: [
    (1, 1, 3, [1]), (5, 5, 3, [5]), (1, 2, 3, [2]), (10, 100, 3, [11, 33, 100]),
    (12, 100, 3, [33, 100]), (11, 100, 3, [11, 33, 100]), (1, 16, 4, [1, 4, 16]),
    (3, 1000, 10, [10, 100, 1000]), (1, .max, 1 << 62, [2, .max]),
  ])
  func budgetsGrowByEta(least: Int, most: Int, eta: Int, expected: [Int]) {
    #expect(Hyperband(least: least, most: most, eta: eta).budgets == expected)
  }

  @Test func oneBudgetIsOneRung() {
    let plain = Hyperband(least: 7, most: 7)
    #expect(plain.cycle == 1 && plain.bracket(0) == plain.bracket(4))
    #expect(plain.bracket(0).map(\.points) == [1])
  }
}
