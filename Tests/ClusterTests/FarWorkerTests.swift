import Testing

@testable import Cluster

/// A worker so far away that it can add nothing to short steps.
@Suite struct FarWorkerTests {
  /// Alone, the near one takes 96 ms for a step of 16 slices.
  @Test func itHoldsAlmostNoStepUp() {
    var crowd = Crowd(slices: 16, steps: 600, staleness: 0)
    crowd.trips = [2: 300]
    crowd.run(workers: 2)
    #expect(crowd.version == 600)
    // The first steps tell how far away it is; then it is tried now and then, with one slice.
    let later = crowd.times.dropFirst(10)
    #expect(later.count { $0 > 100 } <= 6)
    #expect((later.max() ?? 0) < 200)
  }

  /// In steps of 3.8 s it adds its share.
  @Test func itComputesItsShareOfLongSteps() {
    var crowd = Crowd(slices: 640, steps: 30, staleness: 0)
    crowd.trips = [2: 300]
    crowd.run(workers: 2)
    // Shares x and 640 - x with 6 x = 7 (640 - x) + 300: 368 slices of 6 ms.
    let later = crowd.times.dropFirst(10).sorted()
    #expect((2200...2500).contains(later[later.count / 2]))
  }

  /// One that has come closer counts again.
  @Test func itIsFoundOutWhenItHasComeCloser() {
    var crowd = Crowd(slices: 16, steps: 600, staleness: 0)
    crowd.trips = [2: 300]
    crowd.comesCloser = 200
    crowd.run(workers: 2)
    #expect(crowd.times.suffix(100).allSatisfy { $0 <= 60 })
  }
}
