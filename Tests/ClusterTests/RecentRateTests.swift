import Testing

@testable import Cluster

@Suite struct RecentRateTests {
  @Test func aSteadyRateIsFoundAtAnyTime() {
    var rate = RecentRate(since: 5000)
    for time in stride(from: Milliseconds(5000), to: 65_000, by: 100) {
      rate.add(3, at: time)
      guard time >= 7000 else { continue }
      #expect(abs(rate.perSecond(at: time) - 30) < 2, "at \(time)")
    }
  }

  @Test func theFirstEventIsNoRush() {
    var rate = RecentRate(since: 1000)
    rate.add(10, at: 1001)
    #expect(rate.perSecond(at: 1001) == 10)
    #expect(rate.perSecond(at: 6000) == 2)
  }

  @Test func whatIsOverIsForgotten() {
    var rate = RecentRate(since: 0)
    rate.add(100, at: 9999)
    #expect(rate.perSecond(at: 10_000) == 10)
    #expect(rate.perSecond(at: 15_000) == 5)
    #expect(rate.perSecond(at: 20_000) == 0)
    #expect(rate.perSecond(at: 1_000_000) == 0)
    rate.add(1, at: 1_000_000)
    #expect(rate.perSecond(at: 1_000_000) == 0.1)
  }

  /// A coordinator may be asked with a time before its own.
  @Test func earlierTimesDoNoHarm() {
    var rate = RecentRate(since: 50_000)
    rate.add(4, at: 50_000)
    #expect(rate.perSecond(at: 0) == 4)
  }
}
