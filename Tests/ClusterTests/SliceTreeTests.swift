import Testing

@testable import Cluster

@Suite struct SliceTreeTests {
  /// All nodes, by the definition.
  private func tree(_ node: Range<Int>) -> Set<Range<Int>> {
    guard node.count > 1 else { return [node] }
    let middle = (node.lowerBound + node.upperBound) / 2
    return Set([node]).union(tree(node.lowerBound..<middle))
      .union(tree(middle..<node.upperBound))
  }

  @Test(arguments: 1...17) func nodesAreThoseOfTheTree(count: Int) {
    let nodes = tree(0..<count)
    for low in -1...count {
      for high in low...count + 1 {
        let range = low..<high
        #expect(SliceTree.isNode(range, of: count) == nodes.contains(range), "\(range)")
        guard low >= 0, high <= count else { continue }
        let parts = SliceTree.nodes(of: range, in: count)
        #expect(parts.flatMap { Array($0) } == Array(range))
        #expect(parts.allSatisfy { nodes.contains($0) })
      }
    }
  }

  @Test func aNodeIsNotTakenApart() {
    #expect(SliceTree.nodes(of: 0..<8, in: 8) == [0..<8])
    #expect(SliceTree.nodes(of: 1..<8, in: 8) == [1..<2, 2..<4, 4..<8])
  }

  @Test(arguments: [
    (4, [1.0, 1.0], [2, 2]), (8, [1.0, 4.0], [7, 1]), (4, [1.0, 5.0], [4, 0]),
    (6, [0.25, 0.5], [4, 2]), (3, [1.0, 1.0], [2, 1]), (1, [2.0, 1.0], [0, 1]),
  ])
  func slicesGoWhereTheyAreDoneFirst(count: Int, times: [Double], shares: [Int]) {
    #expect(SliceTree.shares(of: count, times: times) == shares)
  }

  @Test func whoIsFarAwayGetsFewer() {
    #expect(SliceTree.shares(of: 10, times: [1, 1], trips: [0, 3.5]) == [7, 3])
    #expect(SliceTree.shares(of: 3, times: [1, 1], trips: [0, 30]) == [3, 0])
  }
}
