import Testing

@testable import Datasets

@Suite struct SplitPlanTests {
  @Test(arguments: [
    (1, [0, 0, 1]), (9, [7, 0, 2]), (10, [8, 1, 1]), (10_001, [8000, 1000, 1001]),
    (45_840_617, [36_672_493, 4_584_061, 4_584_063]),
  ])
  func sizesAreThoseOfRandomSplit(rows: Int, counts: [Int]) {
    #expect(SplitPlan(rows: rows, fractions: [0.8, 0.1], seed: 1).counts == counts)
  }

  @Test(arguments: [
    ([1.0, 0.0], [50, 0, 0]), ([0.0, 1.0], [0, 50, 0]), ([0.5, 0.25], [25, 12, 13]),
    // What is left over by rounding is nobody's but that of those who share.
    ([0.75, 0.25], [37, 13, 0]), ([0.35, 0.65], [17, 33, 0]),
  ])
  func everyRowHasItsSplit(fractions: [Double], counts: [Int]) {
    let plan = SplitPlan(rows: 50, fractions: fractions, seed: 1)
    var found = [0, 0, 0]
    for row in 0..<50 { found[plan.split(of: row)] += 1 }
    #expect(found == counts)
  }

  /// Without the number of rows sizes are close to the shares, and a row's split does not depend on
  /// how many rows follow.
  @Test func rowsOfUnknownNumberAreDrawn() {
    let plan = SplitPlan(rows: nil, fractions: [0.8, 0.1], seed: 3)
    #expect(plan.counts == nil)
    var found = [0, 0, 0]
    for row in 0..<20_000 { found[plan.split(of: row)] += 1 }
    #expect(abs(found[0] - 16_000) < 250 && abs(found[1] - 2000) < 200, "\(found)")
    let whole = SplitPlan(rows: nil, fractions: [1, 0], seed: 3)
    #expect((0..<1000).allSatisfy { whole.split(of: $0) == 0 })
  }

  @Test func seedsDiffer() {
    let rows = (0..<200)
    let plans = [1, 2].map { SplitPlan(rows: 200, fractions: [0.8, 0.1], seed: $0) }
    #expect(rows.map { plans[0].split(of: $0) } != rows.map { plans[1].split(of: $0) })
  }
}
