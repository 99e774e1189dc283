import Kernels
import Testing

@testable import Optimization

/// Lists of different ids for each slice, drawn with overlaps.
func randomLists(slices: Int, rowCount: Int, length: Int, seed: UInt64) -> [[UInt32]] {
  let random = Randomness(seed: seed, purpose: .test)
  return (0..<slices).map { slice in
    var seen: Set<UInt32> = []
    let drawn = (0..<length).map { random.word(example: slice, lane: $0) % UInt32(rowCount) }
    return drawn.filter { seen.insert($0).inserted }
  }
}

@Suite struct StepPlanTests {
  @Test(arguments: [1, 2, 3, 4, 5, 8])
  func agreesWithTheDefinition(slices: Int) {
    let plan = StepPlan(rowCount: 500, slices: slices)
    for round in 0..<5 {
      var lists = randomLists(
        slices: slices, rowCount: 500, length: 60 * (round + 1), seed: UInt64(round))
      if round == 3 { lists[slices - 1] = [] }
      plan.make(lists.map { View($0) })

      var expected: [UInt32] = []
      for id in lists.joined() where !expected.contains(id) { expected.append(id) }
      #expect(plan.ids.slice(0, plan.count).array == expected)
      for (place, id) in expected.enumerated() {
        let positions = plan.positions.slice(place * slices, slices).array
        #expect(positions == lists.map { Int32($0.firstIndex(of: id) ?? -1) })
      }
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 40])
  func chunksCoverAllRowsOnce(chunks: Int) {
    let plan = StepPlan(rowCount: 500, slices: 2)
    plan.make(randomLists(slices: 2, rowCount: 500, length: 30, seed: 1).map { View($0) })
    let covered = (0..<chunks).flatMap { Array(plan.range(chunk: $0, of: chunks)) }
    #expect(covered == Array(0..<plan.count))
  }
}
