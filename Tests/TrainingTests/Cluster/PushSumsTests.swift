import Search
import Testing

@testable import Training

@Suite struct PushSumsTests {
  @Test func listsComeBack() {
    let sums = StrategySums(counts: [3, 1], loss: -2.5, shares: [0.5, 2.5, 0.25, 0.75])
    let list = PushSums.list(sums)
    #expect(list == [3, 1, -2.5, 0.5, 2.5, 0.25, 0.75])
    #expect(PushSums.sums(list, candidateCount: 2) == sums)
    #expect(PushSums.sums([0, 0, 0], candidateCount: 0) == StrategySums(candidateCount: 0))
  }

  @Test(
    arguments: [
      [], [3], [3, 1, 2.5], [3, 1, 2.5, 0.5, 2.5, 0.25], [3, 1, 2.5, 0.5, 2.5, 0.25, 0.75, 1],
      [3, 1, .nan, 0.5, 2.5, 0.25, 0.75], [3, 1, 2.5, 0.5, .infinity, 0.25, 0.75],
      [3.5, 1, 2.5, 0.5, 2.5, 0.25, 0.75], [3, 1e300, 2.5, 0.5, 2.5, 0.25, 0.75],
      // Counts that would overflow when they are added, or are no counts.
      [9e18, 9e18, 2.5, 0.5, 2.5, 0.25, 0.75], [3, -1, 2.5, 0.5, 2.5, 0.25, 0.75],
    ] as [[Double]])
  func listsThatMakeNoSenseAreRefused(list: [Double]) {
    #expect(PushSums.sums(list, candidateCount: 2) == nil)
  }
}
