import Kernels
import Optimization
import Testing

@testable import Training

@Suite struct RowOverlayTests {
  private func plan(_ lists: [[UInt32]]) -> StepPlan {
    let plan = StepPlan(rowCount: 20, slices: lists.count)
    plan.make(lists.map { View($0) })
    return plan
  }

  @Test func addsWhatBothBatchesHave() {
    let overlay = RowOverlay(rowCount: 20, capacity: 6, width: 2)
    overlay.turn(to: plan([[7, 3], [3, 11]]))
    for place in 0..<6 { overlay.sums[place] = Float(place + 1) }
    let rows = Floats([Float](repeating: 10, count: 8))
    overlay.add(2, to: rows, ids: View([3, 0, 11, 19]))
    #expect(rows.array == [16, 18, 10, 10, 20, 22, 10, 10])
  }

  @Test func scalesWhatBothBatchesHave() throws {
    let overlay = RowOverlay(rowCount: 20, capacity: 6, width: 2, hasFactors: true)
    overlay.turn(to: plan([[7, 3], [3, 11]]))
    let factors = try #require(overlay.factors)
    for place in 0..<6 { factors[place] = Float(place + 1) }
    let rows = Floats([Float](repeating: 10, count: 6))
    overlay.scale(rows, ids: View([3, 0, 11]))
    #expect(rows.array == [30, 40, 10, 10, 50, 60])
  }

  @Test func boundsScaleAsWell() throws {
    let overlay = RowOverlay(
      rowCount: 20, capacity: 6, width: 2, hasFactors: true, isBounded: true)
    overlay.turn(to: plan([[7, 3], [3, 11]]))
    try #require(overlay.factors).fill(3)
    let bounds = try #require(overlay.bounds)
    for place in 0..<6 { bounds.factors[place] = Float(place + 1) }
    #expect(bounds.counts.count == 6)
    let rows = Floats([Float](repeating: 10, count: 6))
    overlay.scale(rows, ids: View([3, 0, 11]))
    #expect(rows.array == [90, 120, 10, 10, 150, 180])
  }

  @Test func anotherPlanLeavesNothingBehind() {
    let overlay = RowOverlay(rowCount: 20, capacity: 3, width: 1)
    let rows = Floats([0, 0, 0])
    let ids = View<UInt32>([5, 6, 7])
    for (lists, expected) in [
      ([[5, 6]], [1, 2, 0]), ([[7]], [0, 0, 1]), ([[]], [0, 0, 0]),
    ] as [([[UInt32]], [Float])] {
      overlay.turn(to: plan(lists))
      for place in 0..<3 { overlay.sums[place] = Float(place + 1) }
      rows.fill(0)
      overlay.add(1, to: rows, ids: ids)
      #expect(rows.array == expected)
    }
    overlay.turn(to: plan([[6]]))
    overlay.clear()
    overlay.add(1, to: rows, ids: ids)
    #expect(rows.array == [0, 0, 0])
  }
}
