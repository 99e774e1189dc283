import Kernels
import Testing

@testable import Optimization

@Suite struct SliceIndexTests {
  @Test(arguments: [1, 17, 300, 4000])
  func agreesWithTheDefinition(features: Int) {
    let index = SliceIndex(rowCount: 1000, maximumIds: 4000)
    let rowIndex = View<Int32>(count: 4000)
    for round in 0..<3 {
      let random = Randomness(seed: UInt64(round), purpose: .test)
      let ids = (0..<features).map { random.word(example: 1, lane: $0) % 1000 }
      index.index(View(ids), features: features, into: rowIndex)

      var expected: [UInt32] = []
      for id in ids where !expected.contains(id) { expected.append(id) }
      #expect(index.unique.array == expected)
      let uses = rowIndex.slice(0, features).array
      #expect(uses.map { expected[Int($0)] } == ids)
    }
  }
  @Test func mergingLeavesTheSliceAsItIs() {
    let index = SliceIndex(rowCount: 10, maximumIds: 4)
    let rowIndex = View<Int32>(count: 4)
    index.index(View([7, 3, 7, 9]), features: 4, into: rowIndex)
    let (unique, positions) = (View<UInt32>(count: 5), View<Int32>(count: 10))
    let lists = [View<UInt32>([3, 8]), View<UInt32>([1, 8, 7])]
    #expect(index.merge(lists, unique: unique, positions: positions) == 4)
    #expect(unique.array.prefix(4) == [3, 8, 1, 7])
    #expect(positions.array.prefix(8) == [0, -1, 1, 1, -1, 0, -1, 2])
    #expect(index.unique.array == [7, 3, 9])
    #expect(rowIndex.array == [0, 1, 0, 2])
    // A slice that is indexed next begins afresh.
    index.index(View([8, 8, 1]), features: 3, into: rowIndex)
    #expect(index.unique.array == [8, 1])
  }
}
