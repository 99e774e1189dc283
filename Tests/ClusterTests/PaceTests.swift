import Testing

@testable import Cluster

@Suite struct PaceTests {
  private func near(_ estimate: Pace.Estimate?, trip: Double, slice: Double) -> Bool {
    guard let estimate else { return false }
    return abs(estimate.trip - trip) < 1e-9 && abs(estimate.slice - slice) < 1e-9
  }

  @Test func followsWhatWasMeasured() {
    var pace = Pace()
    #expect(pace.estimate(at: 0, 1) == nil)
    pace.note(slices: 2, of: 1, began: 100, now: 126, computing: 20)
    #expect(near(pace.estimate(at: 126, 1), trip: 6, slice: 10))
    // The first of all is forgotten for the second.
    pace.note(slices: 2, of: 1, began: 200, now: 224, computing: 20)
    #expect(near(pace.estimate(at: 224, 1), trip: 4, slice: 10))
    // The second unit of a step began when the first was delivered, and has no trip of its own.
    pace.note(slices: 1, of: 1, began: 200, now: 250, computing: 14)
    #expect(near(pace.estimate(at: 250, 1), trip: 4, slice: 12))
    // The first few count as much as the estimate: a mean.
    pace.note(slices: 1, of: 1, began: 260, now: 272, computing: 12)
    pace.note(slices: 1, of: 1, began: 280, now: 292, computing: 12)
    #expect(near(pace.estimate(at: 292, 1), trip: 2, slice: 12))
    pace.note(slices: 4, of: 1, began: 300, now: 357, computing: 48)
    #expect(near(pace.estimate(at: 357, 1), trip: 0.8 * 2 + 0.2 * 5, slice: 12))
  }

  @Test func whoGotNothingIsTriedAgainLessAndLessOften() {
    var pace = Pace()
    var now: Milliseconds = 1000
    var step: UInt64 = 7
    for _ in 0..<5 {
      pace.note(slices: 1, of: step, began: now, now: now + 10, computing: 8)
      (now, step) = (now + 10, step + 1)
    }
    // Long steps, or waiting for others, is no reason to forget.
    #expect(pace.estimate(at: now + 100_000, step + 1) != nil)
    for wait in [250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000] as [Milliseconds] {
      step += 100
      #expect(pace.estimate(at: now + wait - 1, step) != nil)
      #expect(pace.estimate(at: now + wait, step) == nil)
      now += wait + 10
      pace.note(slices: 1, of: step, began: now - 10, now: now, computing: 8)
    }
    pace.note(slices: 1, of: step + 1, began: now, now: now + 10, computing: 8)
    #expect(pace.estimate(at: now + 259, step + 9) != nil)
    #expect(pace.estimate(at: now + 260, step + 9) == nil)
    // What takes longer is tried less often.
    pace.note(slices: 1, of: step + 2, began: now + 10, now: now + 510, computing: 500)
    #expect(pace.estimate(at: now + 10_509, step + 9) != nil)
    #expect(pace.estimate(at: now + 10_510, step + 9) == nil)
  }

  @Test func whoIsOvertakenIsLate() {
    var pace = Pace()
    for step in 1...5 as ClosedRange<Milliseconds> {
      pace.note(slices: 2, of: 1, began: 100 * step, now: 100 * step + 24, computing: 20)
    }
    let before = pace
    // A helper that has not had its time yet is no slower for it.
    pace.noteLate(slices: 2, of: 1, began: 600, now: 620)
    #expect(pace == before)
    pace.noteLate(slices: 2, of: 1, began: 700, now: 900)
    #expect(near(pace.estimate(at: 900, 1), trip: 0.8 * 4 + 0.2 * 9, slice: 10))
    var unknown = Pace()
    unknown.noteLate(slices: 2, of: 1, began: 0, now: 100)
    #expect(near(unknown.estimate(at: 100, 1), trip: 0, slice: 50))
  }

  /// A worker 300 ms away, after it got nothing for so long that it is tried again.
  private func farAway() -> Pace {
    var pace = Pace()
    for step in 1...5 as ClosedRange<Milliseconds> {
      pace.note(slices: 1, of: step, began: 400 * step, now: 400 * step + 310, computing: 10)
    }
    return pace
  }

  @Test func aTrialInVainIsNotRepeatedAtOnce() {
    var pace = farAway()
    let wait: Milliseconds = 20 * 310
    #expect(!pace.needsTrial(at: 2310 + wait - 1, 50))
    #expect(pace.needsTrial(at: 2310 + wait, 50))
    pace.begin(trial: 51)
    // The next step is cut before the trial is over.
    #expect(!pace.needsTrial(at: 2310 + wait + 10, 51))
    #expect(near(pace.estimate(at: 2310 + wait + 10, 51), trip: 300, slice: 10))
    // Somebody else was faster: it is still as far away as it was.
    pace.noteLate(slices: 1, of: 51, began: 8600, now: 8700)
    #expect(near(pace.estimate(at: 8700 + 2 * wait - 1, 90), trip: 300, slice: 10))
    #expect(pace.needsTrial(at: 8700 + 2 * wait, 90))
  }

  @Test func aTrialWithoutAnEndIsRepeated() {
    var pace = farAway()
    pace.begin(trial: 51)
    #expect(!pace.needsTrial(at: 60_000, 53))
    #expect(pace.needsTrial(at: 60_000, 54))
  }

  @Test func whoHasComeCloserIsSoonTriedAgain() {
    var pace = farAway()
    pace.begin(trial: 51)
    pace.note(slices: 1, of: 51, began: 8600, now: 8612, computing: 10)
    #expect(near(pace.estimate(at: 8612, 52), trip: 151, slice: 10))
    #expect(pace.needsTrial(at: 8612 + 250, 55))
  }

  @Test func whoIsOnTrialGetsLittle() {
    let near = Pace.Estimate(trip: 0, slice: 5)
    #expect(
      Pace.shares(of: 16, threads: [1, 1], paces: [near, nil], trials: [false, true]) == [15, 1])
    #expect(
      Pace.shares(
        of: 16, threads: [1, 4, 1], paces: [near, nil, near], trials: [false, true, false])
        == [6, 4, 6])
    #expect(
      Pace.shares(of: 2, threads: [1, 4], paces: [near, nil], trials: [false, true]) == [0, 2])
    // With nobody else there it gets all.
    #expect(Pace.shares(of: 16, threads: [2], paces: [nil], trials: [true]) == [16])
  }

  @Test func whoDoesNotSayComputesAllTheTime() {
    var pace = Pace()
    pace.note(slices: 2, of: 1, began: 100, now: 120)
    #expect(near(pace.estimate(at: 120, 1), trip: 0, slice: 10))
    // Nobody computes for longer than it took.
    pace = Pace()
    pace.note(slices: 2, of: 1, began: 100, now: 120, computing: 1e9)
    #expect(near(pace.estimate(at: 120, 1), trip: 0, slice: 10))
  }

  @Test func somethingTooShortForTheClockTakesSomeTime() {
    var pace = Pace()
    pace.note(slices: 1, of: 1, began: 100, now: 100)
    #expect(near(pace.estimate(at: 100, 1), trip: 0, slice: 0.5))
  }

  @Test func oneThatIsLateOnceIsNotSlow() {
    var pace = Pace()
    var now: Milliseconds = 1000
    func note(_ milliseconds: Milliseconds) {
      pace.note(
        slices: 1, of: 1, began: now, now: now + milliseconds, computing: Double(milliseconds))
      now += milliseconds
    }
    for _ in 0..<6 { note(10) }
    note(200)
    #expect(near(pace.estimate(at: now, 1), trip: 0, slice: 0.8 * 10 + 0.2 * 21))
    // One that stays late is.
    for _ in 0..<40 { note(40) }
    #expect((pace.estimate(at: now, 1)?.slice ?? 0) > 39)
  }

  @Test func aUnitTakesItsTripOnce() {
    let estimate = Pace.Estimate(trip: 5, slice: 2)
    #expect((0...3).map(estimate.time) == [0, 7, 9, 11])
  }

  @Test(
    arguments: [
      (4, [1, 1], [nil, nil], [2, 2]),
      // A little slower is no reason for uneven shares.
      (8, [1, 1], [(0, 10), (0, 12)], [4, 4]),
      // A quarter of the speed is.
      (8, [1, 1], [(0, 10), (0, 40)], [7, 1]),
      // Far away: not worth the wait, unless there is much to do.
      (4, [1, 1], [(0, 5), (300, 5)], [4, 0]),
      (100, [1, 1], [(0, 5), (300, 5)], [80, 20]),
      // The one on this machine needs no trip.
      (16, [1, 1], [(0, 1), (4, 1)], [10, 6]),
      // Nothing is known of the second: it is tried.
      (4, [1, 1], [(0, 5), nil], [2, 2]),
      (6, [2, 1], [nil, nil], [4, 2]),
    ] as [(Int, [Int], [(Double, Double)?], [Int])])
  func shares(count: Int, threads: [Int], paces: [(Double, Double)?], shares: [Int]) {
    let paces = paces.map { $0.map { Pace.Estimate(trip: $0.0, slice: $0.1) } }
    #expect(Pace.shares(of: count, threads: threads, paces: paces) == shares)
  }
}
