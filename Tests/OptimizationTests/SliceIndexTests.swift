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
}
