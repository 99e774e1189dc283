import Search
import Testing

@testable import Training

@Suite struct ProgressMeterTests {
  /// Sums over candidates whose shares for both labels are all given.
  private func sums(_ counts: [Int], loss: Double, shares: [Double]) -> StrategySums {
    StrategySums(counts: counts, loss: loss, shares: shares)
  }

  private func setup(_ loss: String, classes: Int = 2) throws -> RunSetup {
    let fixture = try RunFixture(rows: 400, classes: classes)
    return try RunSetup(
      fixture.configuration {
        $0.loss = loss
        $0.search.candidates = ["ce", "focal:gamma=3"]
      })
  }

  @Test func meansAreOverTheStepsSinceTheLastEvent() throws {
    let setup = try setup("al1")
    var meter = ProgressMeter(parts: setup.parts, schedule: setup.source.schedule)
    meter.begin()
    // Shares: both candidates for negatives, then both for positives.
    meter.add(sums([3, 1], loss: 8, shares: [3, 0, 0.25, 0.75]), workers: 2)
    meter.add(sums([1, 3], loss: 4, shares: [0, 1, 0.75, 2.25]), workers: 3)
    let firstEvent = meter.event(after: 2, force: true)
    let first = try #require(firstEvent)
    #expect(first.step == 2)
    #expect(first.totalSteps == setup.source.schedule.totalSteps)
    #expect(first.epoch == 0)
    #expect(first.loss == 12.0 / 8)
    #expect(first.upperLoss == nil)
    #expect(first.temperature == nil)
    #expect(first.workers == 3)
    #expect(first.shares.map(\.candidate) == ["ce", "focal:gamma=3"])
    #expect(first.shares.map(\.all) == [0.5, 0.5])
    #expect(first.shares.map(\.negatives) == [0.75, 0.25])
    #expect(first.shares.map(\.positives) == [0.25, 0.75])
    #expect(first.shares.allSatisfy { $0.byLabel == nil })
    meter.add(sums([4, 4], loss: 2, shares: [4, 0, 4, 0]), workers: 0)
    let secondEvent = meter.event(after: 3, force: true)
    let second = try #require(secondEvent)
    #expect(second.loss == 0.25)
    #expect(second.shares.map(\.all) == [1, 0])
    #expect(meter.totalExamples == 16)
  }

  /// What the clock brings takes nothing from what steps bring.
  @Test func pointsHaveMeansOfTheirOwn() throws {
    let setup = try setup("al1")
    var meter = ProgressMeter(parts: setup.parts, schedule: setup.source.schedule)
    meter.add(sums([3, 1], loss: 8, shares: [3, 0, 0.25, 0.75]), workers: 2, staleness: [2, 1])
    #expect(meter.event(after: 1, force: true) != nil)
    meter.add(validation: sums([2, 2], loss: 6, shares: [1, 1, 1, 1]))
    meter.add(sums([1, 3], loss: 4, shares: [0, 1, 0.75, 2.25]), workers: 3, staleness: [3, 3])
    // A run of so few steps has a point at each.
    let firstPoint = meter.point(after: 2, force: false)
    let first = try #require(firstPoint)
    #expect(first.step == 2 && first.loss == 12.0 / 8 && first.upperLoss == 1.5)
    #expect(first.shares.map(\.all) == [0.5, 0.5])
    #expect(first.staleness == Staleness([3, 3]))
    meter.add(sums([4, 4], loss: 2, shares: [4, 0, 4, 0]), workers: 0, staleness: [4, 3])
    let secondPoint = meter.point(after: 3, force: true)
    let second = try #require(secondPoint)
    #expect(second.loss == 0.25 && second.upperLoss == nil)
    #expect(second.staleness == Staleness([1, 0]))
    let event = meter.event(after: 3, force: true)
    #expect(event?.loss == 6.0 / 12, "the event is over the steps since the event before")
  }

  @Test func sharesOfEachClass() throws {
    let setup = try setup("al1", classes: 3)
    var meter = ProgressMeter(parts: setup.parts, schedule: setup.source.schedule)
    meter.add(sums([1, 2, 1], loss: 8, shares: [1, 0, 0.5, 1.5, 0.25, 0.75]), workers: 0)
    let event = meter.event(after: 2, force: true)
    let shares = try #require(event).shares
    #expect(shares.map(\.byLabel) == [[1, 0.25, 0.25], [0, 0.75, 0.75]])
    #expect(shares.map(\.all) == [1.75 / 4, 2.25 / 4])
    #expect(shares.allSatisfy { $0.negatives == nil && $0.positives == nil })
  }

  @Test func aControllerHasItsLossAndTemperature() throws {
    let setup = try setup("autoloss")
    var meter = ProgressMeter(parts: setup.parts, schedule: setup.source.schedule)
    meter.add(validation: sums([2, 2], loss: 6, shares: [1, 1, 1, 1]))
    meter.add(sums([2, 2], loss: 1, shares: [1, 1, 1, 1]), workers: 0)
    let firstEvent = meter.event(after: 4, force: true)
    let first = try #require(firstEvent)
    #expect(first.upperLoss == 1.5)
    #expect(first.temperature == setup.parts.strategy.temperature(at: 3))
    meter.add(sums([2, 2], loss: 1, shares: [1, 1, 1, 1]), workers: 0)
    #expect(meter.event(after: 5, force: true)?.upperLoss == nil)
  }
}
