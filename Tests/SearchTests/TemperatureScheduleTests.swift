import Testing

@testable import Search

@Suite struct TemperatureScheduleTests {
  @Test(arguments: [(0, 1.0), (1, 0.99995), (10_000, 0.5), (19_800, 0.01), (1_000_000, 0.01)])
  func paperValues(_ step: Int, _ expected: Double) {
    #expect(abs(TemperatureSchedule()(step) - expected) < 1e-12)
  }

  @Test func constantTemperature() {
    let schedule = TemperatureSchedule(start: 0.5, slope: 0, floor: 0.5)
    #expect(schedule(0) == 0.5 && schedule(1_000_000) == 0.5)
    #expect(schedule.last == 0.5)
  }

  /// Where it ends is what it comes to, though the floor of one that stands still is lower.
  @Test(arguments: [(0.000_05, 0.01), (0, 1.0)])
  func whereItEnds(slope: Double, last: Double) {
    let schedule = TemperatureSchedule(start: 1, slope: slope, floor: 0.01)
    #expect(schedule.last == last && schedule(10_000_000) == last)
  }
}
