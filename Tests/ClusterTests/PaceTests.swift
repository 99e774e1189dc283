import Testing

@testable import Cluster

@Suite struct PaceTests {
  @Test func followsWhatWasMeasured() {
    var pace = Pace()
    #expect(pace.estimate(at: 0) == nil)
    pace.note(slices: 2, began: 100, now: 120)
    #expect(pace.estimate(at: 120) == 10)
    // The second unit of a step began when the first was delivered.
    pace.note(slices: 1, began: 100, now: 150)
    #expect(pace.estimate(at: 150).map { abs($0 - 14) < 1e-9 } == true)
    #expect(pace.estimate(at: 10_149) != nil && pace.estimate(at: 10_150) == nil)
  }

  @Test func somethingTooShortForTheClockTakesSomeTime() {
    var pace = Pace()
    pace.note(slices: 1, began: 100, now: 100)
    #expect(pace.estimate(at: 100) == 0.5)
  }

  @Test(
    arguments: [
      (4, [1, 1], [nil, nil], [2, 2]),
      // A little slower is no reason for uneven shares.
      (8, [1, 1], [10, 12], [4, 4]),
      // A quarter of the speed is.
      (8, [1, 1], [10, 40], [7, 1]),
      // Far away: not worth the wait.
      (4, [1, 1], [5, 300], [4, 0]),
      // Nothing is known of the second: it is tried.
      (4, [1, 1], [5, nil], [2, 2]),
      (6, [2, 1], [nil, nil], [4, 2]),
    ] as [(Int, [Int], [Double?], [Int])])
  func shares(count: Int, threads: [Int], paces: [Double?], shares: [Int]) {
    #expect(Pace.shares(of: count, threads: threads, paces: paces) == shares)
  }
}
