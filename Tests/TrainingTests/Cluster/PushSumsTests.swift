import Cluster
import Messages
import Search
import Testing

@testable import Training

@Suite struct PushSumsTests {
  @Test func listsComeBack() {
    let sums = StrategySums(counts: [3, 1], loss: -2.5, shares: [0.5, 2.5, 0.25, 0.75])
    let other = StrategySums(counts: [0, 4], loss: 8, shares: [1, 2, 3, 4])
    let list = PushSums.list([sums, other])
    #expect(list == [3, 1, -2.5, 0.5, 2.5, 0.25, 0.75, 0, 4, 8, 1, 2, 3, 4])
    #expect(PushSums.sums(list, slices: 2, candidateCount: 2) == [sums, other])
    #expect(
      PushSums.sums([0, 0, 0], slices: 1, candidateCount: 0) == [StrategySums(candidateCount: 0)])
  }

  @Test func listsOfThreeClassesComeBack() {
    let sums = StrategySums(counts: [3, 1, 2], loss: 4, shares: [1, 2, 0.25, 0.75, 1.5, 0.5])
    let list = PushSums.list([sums, sums])
    #expect(list.prefix(4) == [3, 1, 2, 4])
    #expect(PushSums.sums(list, slices: 2, candidateCount: 2, classes: 3) == [sums, sums])
    #expect(PushSums.sums(list, slices: 2, candidateCount: 2) == nil)
    #expect(PushSums.sums(list, slices: 2, candidateCount: 3, classes: 3) == nil)
    var damaged = list
    damaged[2] = 0.5
    #expect(PushSums.sums(damaged, slices: 2, candidateCount: 2, classes: 3) == nil)
  }

  @Test func lossesOfCandidatesComeBack() {
    let sums = StrategySums(
      counts: [3, 1], loss: 4, shares: [1, 2, 0.25, 0.75], losses: [5, 0.5])
    let list = PushSums.list([sums, sums])
    #expect(list.count == 18 && list.suffix(2) == [5, 0.5])
    #expect(PushSums.sums(list, slices: 2, candidateCount: 2, followsLosses: true) == [sums, sums])
    #expect(PushSums.sums(list, slices: 2, candidateCount: 2) == nil)
    let short = Array(list.dropLast(2))
    #expect(PushSums.sums(short, slices: 2, candidateCount: 2, followsLosses: true) == nil)
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
    #expect(PushSums.sums(list, slices: 1, candidateCount: 2) == nil)
    // Nor beside a slice whose numbers are good.
    let good: [Double] = [3, 1, 2.5, 0.5, 2.5, 0.25, 0.75]
    #expect(PushSums.sums(good + list, slices: 2, candidateCount: 2) == nil)
    #expect(PushSums.sums(list + good, slices: 2, candidateCount: 2) == nil)
    #expect(PushSums.sums(good, slices: 2, candidateCount: 2) == nil)
  }

  /// A step has at most 64 slices (`train.slices`), and one worker may have them all.
  @Test(arguments: [(1, 2), (4, 2), (4, 5), (Strategy.maximumCandidates, WireLimits.classes)])
  func aUnitOfAllSlicesFitsAMessage(candidates: Int, classes: Int) throws {
    let slices = Array(
      repeating: StrategySums(
        candidateCount: candidates, classes: classes, followsLosses: true), count: 64)
    let list = PushSums.list(slices)
    #expect(list.count <= WireLimits.sums)
    let delivery = Delivery(version: 1, controllerVersion: 0, sums: list)
    let message = Message(.delivered(delivery), Envelope(step: 1, sliceCount: 64))
    var assembler = MessageAssembler()
    var whole: Message?
    for frame in message.frames() {
      whole = try assembler.accept(frame, from: 1, atMilliseconds: 0)
    }
    guard case .delivered(let told) = whole?.body else {
      Issue.record("not a DELIVERED")
      return
    }
    #expect(told == delivery)
  }
}

@Suite struct SliceSizesTests {
  private static func delivery(_ rows: [Int]) -> Delivery {
    Delivery(
      version: 0, controllerVersion: 0,
      sums: PushSums.list(rows.map { StrategySums(counts: [$0, 0], loss: 0, shares: [1, 0]) }))
  }

  /// Slices of 10, 11, 12, … examples in step 0, of 20, 21, … in step 1.
  private let exact = SliceSizes(
    exact: { 10 * ($0 + 1) + $1 }, atMost: 30, candidateCount: 1)
  private let bounded = SliceSizes(exact: nil, atMost: 30, candidateCount: 1)

  @Test func aUnitHasTheExamplesOfItsSlices() {
    #expect(exact.limit(Work(step: 0, slices: 0..<4)) == 10 + 11 + 12 + 13)
    #expect(exact.limit(Work(step: 1, slices: 2..<4)) == 22 + 23)
    #expect(bounded.limit(Work(step: 1, slices: 2..<4)) == 60)
    #expect(bounded.limit(Work(step: 1, slices: 2..<2)) == 0)
  }

  @Test func wrongNumbersOfExamplesAreNamedBySlice() {
    let work = Work(step: 0, slices: 2..<4)
    #expect(exact.defect(Self.delivery([12, 13]), work) == nil)
    #expect(
      exact.defect(Self.delivery([12, 12]), work) == "slice 3 is of 12 examples where it has 13")
    #expect(
      exact.defect(Self.delivery([13, 12]), work) == "slice 2 is of 13 examples where it has 12")
    #expect(bounded.defect(Self.delivery([0, 30]), work) == nil)
    #expect(
      bounded.defect(Self.delivery([30, 31]), work)
        == "slice 3 is of 31 examples where it has 30")
  }

  @Test func sumsMustBeThoseOfTheSlices() {
    let work = Work(step: 0, slices: 0..<2)
    for wrong in [Self.delivery([10]), Self.delivery([10, 11, 12]), Self.delivery([])] {
      #expect(exact.defect(wrong, work) == "its sums for the log make no sense")
    }
    var delivery = Self.delivery([10, 11])
    #expect(exact.defect(delivery, work) == nil)
    delivery.sums[7] = .nan
    #expect(exact.defect(delivery, work) == "its sums for the log make no sense")
  }

  /// A worker may name any step.
  @Test(arguments: [UInt64(Int.max) + 1, .max])
  func stepsBeyondAllNumbersHaveNoExamples(step: UInt64) {
    #expect(exact.limit(Work(step: step, slices: 0..<4)) == 0)
    #expect(
      exact.defect(Self.delivery([10]), Work(step: step, slice: 0))
        == "slice 0 is of 10 examples where it has 0")
  }
}
