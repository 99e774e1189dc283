import Testing

@testable import Studies

@Suite struct SampleTests {
  @Test func meanAndDeviation() {
    let sample = Sample([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(sample.mean == 5)
    #expect(abs((sample.deviation ?? 0) - 2.138_089_935) < 1e-9)
    #expect(Sample([3]).mean == 3 && Sample([3]).deviation == nil)
    #expect(Sample([]).mean == nil)
  }

  /// Student's own data of 1908, sleep gained by two drugs on the same ten people: t = 4.0621 with
  /// 9 degrees, p = 0.002833; taken as two groups t = 1.8608, 17.776 degrees, p = 0.07939.
  @Test func sleepOfTenPeople() throws {
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    let paired = try #require(Difference.paired(second, first))
    #expect(abs(paired.mean - 1.58) < 1e-12 && paired.degrees == 9)
    #expect(abs(paired.t - 4.0621) < 1e-4 && abs(paired.p - 0.002_833) < 1e-6)
    let welch = try #require(Difference.welch(second, first))
    #expect(abs(welch.t - 1.8608) < 1e-4 && abs(welch.degrees - 17.776) < 1e-3)
    #expect(abs(welch.p - 0.079_39) < 1e-5)
  }

  @Test func oneRunProvesNothing() {
    #expect(Difference.paired([1], [2]) == nil)
    #expect(Difference.welch([1, 2], [2]) == nil)
  }

  @Test func withoutSpreadADifferenceIsCertain() {
    #expect(Difference.paired([1, 2], [1, 2])?.p == 1)
    #expect(Difference.paired([2, 3], [1, 2])?.p == 0)
    #expect(Difference.welch([2, 2], [2, 2])?.p == 1)
    #expect(Difference.welch([2, 2], [3, 3])?.p == 0)
  }
}
