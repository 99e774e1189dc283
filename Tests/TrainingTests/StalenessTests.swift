import Testing

@testable import Training

@Suite struct StalenessTests {
  @Test(arguments: [
    ([4], 0.0, 0), ([1, 1], 0.5, 1), ([0, 3, 1, 0], 1.25, 2),
  ])
  func figuresOfAHistogram(slices: [Int], mean: Double, most: Int) throws {
    let staleness = try #require(Staleness(slices))
    #expect(staleness.mean == mean && staleness.most == most)
  }

  @Test(arguments: [[], [0], [0, 0]]) func withoutSlicesThereIsNothingToTell(slices: [Int]) {
    #expect(Staleness(slices) == nil)
  }

  @Test func eachModeHasItsBound() {
    var cluster = RunConfiguration.Cluster()
    cluster.staleness = 3
    #expect(cluster.oldestParameters == 0)
    cluster.mode = .bounded
    #expect(cluster.oldestParameters == 3)
    cluster.mode = .async
    #expect(cluster.oldestParameters == 64)
  }
}
