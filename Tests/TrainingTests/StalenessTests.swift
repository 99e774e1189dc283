import Foundation
import Testing

@testable import Training

@Suite struct StalenessTests {
  @Test(arguments: [
    ([4], 0.0, 0), ([1, 1], 0.5, 1), ([0, 3, 1, 0], 1.25, 2),
  ])
  func figuresOfAHistogram(slices: [Int], mean: Double, most: Int) throws {
    let staleness = try #require(Staleness(slices))
    #expect(staleness.mean == mean && staleness.most == most)
    #expect(staleness.slices == slices.reduce(0, +))
  }

  @Test(arguments: [[], [0], [0, 0]]) func withoutSlicesThereIsNothingToTell(slices: [Int]) {
    #expect(Staleness(slices) == nil)
  }

  @Test func stretchesAreAddedUp() {
    #expect(Staleness.sum([], []) == [])
    #expect(Staleness.sum([1, 2], [10, 20, 30]) == [11, 22, 30])
    #expect(Staleness.sum([1, 2, 3], [10]) == [11, 2, 3])
  }

  /// What earlier versions wrote does not say of how many slices it is.
  @Test func oldFiguresCanBeRead() throws {
    let old = Data("{\"mean\":0.5,\"most\":1}".utf8)
    let read = try JSONDecoder().decode(Staleness.self, from: old)
    #expect(read.most == 1 && read.slices == nil)
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
