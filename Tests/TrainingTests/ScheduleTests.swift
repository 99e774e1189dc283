import Testing

@testable import Training

@Suite struct ScheduleTests {
  @Test(arguments: [
    // rows, batch, epochs, maximum → steps of an epoch, steps in all
    (10, 5, 1, 0, 2, 2), (10, 4, 2, 0, 3, 6), (10, 4, 2, 5, 3, 5), (10, 4, 2, 6, 3, 6),
    (10, 4, 2, 7, 3, 6), (1, 100, 3, 0, 1, 3), (0, 4, 2, 0, 0, 0),
  ])
  func countsSteps(
    rows: Int, batch: Int, epochs: Int, maximum: Int, stepsPerEpoch: Int, total: Int
  ) {
    let schedule = Schedule(
      rows: rows, batchSize: batch, epochs: epochs, maximumSteps: maximum,
      evaluateEverySteps: 0)
    #expect(schedule.stepsPerEpoch == stepsPerEpoch)
    #expect(schedule.totalSteps == total)
  }

  @Test func placesFollowEachOther() {
    let schedule = Schedule(
      rows: 10, batchSize: 4, epochs: 3, maximumSteps: 0, evaluateEverySteps: 0)
    let places = (0..<schedule.totalSteps).map { schedule.place(of: $0) }
    #expect(places.map(\.epoch) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
    #expect(places.map(\.step) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    #expect((1...9).filter { schedule.endsEpoch(after: $0) } == [3, 6, 9])
  }

  @Test(arguments: [
    // steps of an epoch, epochs → steps between points
    (10, 1, 1), (399, 1, 1), (10_000, 1, 50), (10_000, 20, 500), (10_000, 100, 500), (60, 100, 3),
  ])
  func pointsAreEnoughAndNotTooMany(stepsPerEpoch: Int, epochs: Int, apart: Int) {
    let schedule = Schedule(
      rows: stepsPerEpoch, batchSize: 1, epochs: epochs, maximumSteps: 0, evaluateEverySteps: 0)
    let points = (1...stepsPerEpoch).filter { schedule.hasPoint(after: $0) }
    #expect(points == Array(stride(from: apart, through: stepsPerEpoch, by: apart)))
  }

  @Test(arguments: [(0, 0, [3, 6]), (4, 0, [4, 6]), (0, 5, [3, 5]), (2, 5, [2, 4, 5])])
  func evaluatesAtTheEndToo(every: Int, maximum: Int, steps: [Int]) {
    let schedule = Schedule(
      rows: 10, batchSize: 4, epochs: 2, maximumSteps: maximum, evaluateEverySteps: every)
    #expect((1...schedule.totalSteps).filter { schedule.evaluates(after: $0) } == steps)
  }
}
