import Kernels
import Testing

@testable import Optimization

@Suite struct RowTableTests {
  private let parts = [
    ParameterPart(name: "embedding", offset: 0, width: 16, initialisation: .uniform(bound: 0.1)),
    ParameterPart(
      name: "linear", offset: 16, width: 1, initialisation: .normal(standardDeviation: 1)),
  ]

  @Test func startValuesDependOnSeedRowAndLaneAlone() {
    let whole = RowTable(rowCount: 200, parts: parts, rule: .adam(), seed: 4)
    let pieces = RowTable(rowCount: 200, parts: parts, rule: .adam())
    for range in [150..<200, 0..<10, 10..<150] { pieces.initialise(range, seed: 4) }
    #expect(whole.memory.array == pieces.memory.array)
    let other = RowTable(rowCount: 200, parts: parts, rule: .adam(), seed: 5)
    #expect(whole.memory.array != other.memory.array)

    let embedding = Floats(count: 200 * 16)
    whole.copy(.part(0), ofRaw: whole.memory, into: embedding)
    #expect(embedding.array.allSatisfy { abs($0) <= 0.1 })
    #expect(Set(embedding.array).count > 3100)
  }

  @Test(arguments: [(UpdateRule.adam(), 64), (.sgd(), 32), (.sgd(momentum: 0.9), 48)])
  func rowsAreWholeCacheLines(rule: UpdateRule, stride: Int) {
    #expect(RowTable(rowCount: 1, parts: parts, rule: rule).kernel.layout.stride == stride)
  }

  @Test func partitionsAreOfEqualSize() {
    var counts = [Int](repeating: 0, count: RowTable.partitionCount)
    for row in 0..<UInt32(1_000_000) { counts[RowTable.partition(of: row)] += 1 }
    #expect(counts.allSatisfy { $0 > 3600 && $0 < 4300 })
    #expect((0..<4).map { RowTable.partition(of: $0) } == [0, 183, 6, 39])
  }
}
