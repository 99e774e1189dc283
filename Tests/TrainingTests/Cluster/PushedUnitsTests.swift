import Cluster
import Kernels
import Messages
import Optimization
import Testing

@testable import Training

@Suite struct PushedUnitsTests {
  /// Four slices of at most four rows of three fields; rows are 5 wide.
  private let parts: RunParts
  private let pushed: PushedUnits

  init() throws { try self.init(values: .fp32) }

  private init(values: RunConfiguration.PushedValues, cowClip: Double = 0) throws {
    var configuration = RunConfiguration()
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [8]
    configuration.loss = "fixed:ce"
    configuration.cluster.pushValues = values
    configuration.train.cowClip = cowClip
    configuration.train.batchSize = 16
    configuration.train.slices = 4
    let parts = try RunParts(configuration, fieldSizes: [5, 7, 3])
    self.parts = parts
    // In step 1 slices 2 and 3 are empty, as at the end of an epoch.
    let sizes = SliceSizes(
      exact: { $0 == 1 ? [3, 2, 0, 0][$1] : 4 }, atMost: 4, candidateCount: 1)
    pushed = PushedUnits(parts: parts, slices: 4, sizes: sizes, step: 0)
  }

  private func pull(_ ids: [UInt32]) -> Pull { Pull(ids: View(ids)) }

  private func work(_ slices: Range<Int>, step: UInt64 = 0) -> Work {
    Work(step: step, slices: slices)
  }

  private func push(
    _ ids: [UInt32], dense: Int? = nil, statistics: Int? = nil, rows: Int? = nil,
    sums: [Double] = [3, 1, 0.5, 3, 1], value: Float = 1, codec: Codec = .float32,
    occurrences: [Float]? = nil
  ) -> Push {
    Push(
      idChecksum: Pull.checksum(of: View(ids)), idCount: ids.count,
      delivery: Delivery(version: 0, controllerVersion: 0, sums: sums), codec: codec,
      rowGradients: Floats(Array(repeating: value, count: rows ?? 5 * ids.count)),
      denseGradient: Floats(Array(repeating: value, count: dense ?? parts.program.denseCount)),
      batchStatistics: Floats(count: statistics ?? parts.program.statisticsCount),
      occurrences: occurrences.map { Floats($0) })
  }

  /// Where gradients are bounded by them, counts belong to a push, and only then.
  @Test func countsOfRowsAreCheckedAndKept() throws {
    let one = work(1..<2)
    #expect(pushed.note(pull([0, 6]), one) == nil)
    #expect(
      pushed.defect(push([0, 6], occurrences: [1, 1]), one)
        == "it has 2 numbers where 0 belong")
    let clipped = try Self(values: .fp32, cowClip: 1).pushed
    #expect(clipped.note(pull([0, 6]), one) == nil)
    #expect(clipped.defect(push([0, 6]), one) == "it has 0 numbers where 2 belong")
    for wrong: Float in [0, -1, 0.5, 13, .nan, .infinity] {
      #expect(
        clipped.defect(push([0, 6], occurrences: [1, wrong]), one) == "it has a row \(wrong) times")
    }
    let good = push([0, 6], occurrences: [4, 1])
    #expect(clipped.defect(good, one) == nil)
    try clipped.keep(good, one)
    #expect(clipped.contributions[1]?.occurrences?.array.prefix(2) == [4, 1])
  }

  @Test func aGoodPushIsKept() throws {
    let one = work(1..<2)
    #expect(pushed.note(pull([0, 6, 14]), one) == nil)
    let push = push([0, 6, 14], value: 0.25)
    #expect(pushed.defect(push, one) == nil)
    try pushed.keep(push, one)
    let contribution = try #require(pushed.contributions[1])
    #expect(contribution.ids.array == [0, 6, 14])
    #expect(contribution.rowGradients.array.prefix(15).allSatisfy { $0 == 0.25 })
    #expect(contribution.denseGradient.array.allSatisfy { $0 == 0.25 })
    #expect(contribution.rows == 4)
    #expect(contribution.sliceCount == 1)
    #expect(pushed.contributions[0] == nil)
  }

  @Test func aUnitStandsAtItsFirstSlice() throws {
    let pair = work(2..<4)
    #expect(pushed.note(pull([1, 2]), pair) == nil)
    #expect(!pushed.isNoted)
    try pushed.keep(push([1, 2], sums: [3, 1, 0.5, 3, 1, 0, 4, 0.5, 0, 4]), pair)
    #expect(pushed.contributions.map { $0?.rows } == [nil, nil, 8, nil])
    #expect(pushed.contributions[2]?.sliceCount == 2)
    #expect(pushed.note(pull([3]), work(0..<1)) == nil)
    #expect(pushed.note(pull([]), work(1..<2)) == nil)
    #expect(pushed.isNoted)
    #expect(pushed.placesBySlice.map(\.array) == [[3], [], [1, 2], []])
    pushed.begin(step: 1)
    #expect(pushed.step == 1)
    #expect(pushed.contributions.allSatisfy { $0 == nil })
    #expect(!pushed.isNoted)
    #expect(pushed.places(of: work(2..<4, step: 1)) == nil)
  }

  /// Empty slices count in no mean.
  @Test func slicesWithoutExamplesAreNotCounted() throws {
    pushed.begin(step: 1)
    let all = work(0..<4, step: 1)
    #expect(pushed.note(pull(Array(0..<15)), all) == nil)
    let sums: [Double] = [1, 2, 0.5, 1, 2, 0, 2, 0.5, 0, 2] + Array(repeating: 0, count: 10)
    try pushed.keep(push(Array(0..<15), sums: sums), all)
    #expect(pushed.contributions[0]?.rows == 5)
    #expect(pushed.contributions[0]?.sliceCount == 2)
  }

  @Test func slicesThatAreNoNodeAreNoUnit() {
    for slices in [1..<3, 0..<3, 1..<4, 0..<0, 2..<2, 4..<5, 0..<5, 7..<7, 65_535..<65_536] {
      let work = work(slices)
      #expect(pushed.note(pull([1]), work) == "a step has no unit of \(work)")
      #expect(pushed.defect(push([1]), work) == "its rows were not pulled")
      #expect(pushed.places(of: work) == nil)
    }
    #expect(pushed.placesBySlice.allSatisfy { $0.count == 0 })
  }

  @Test func unitsDoNotOverlap() {
    #expect(pushed.note(pull([1]), work(0..<2)) == nil)
    for slices in [0..<4, 0..<1, 1..<2] {
      let work = work(slices)
      #expect(pushed.note(pull([1]), work) == "parts of \(work) were pulled in another unit")
      #expect(pushed.places(of: work) == nil)
      #expect(pushed.defect(push([1]), work) == "its rows were not pulled")
    }
    #expect(pushed.note(pull([1]), work(2..<4)) == nil)
    // The next step may be cut otherwise.
    pushed.begin(step: 2)
    #expect(pushed.note(pull([1]), work(0..<4, step: 2)) == nil)
  }

  @Test(
    arguments: [
      ([0, 15], 0..<1, "row 15 is outside the table of 15 rows"),
      ([4_000_000_000], 0..<1, "row 4000000000 is outside the table of 15 rows"),
      (Array(0..<13), 1..<2, "slice 1 of step 0 cannot need 13 different rows"),
      (Array(0..<25), 2..<4, "slices 2 to 3 of step 0 cannot need 25 different rows"),
    ] as [([UInt32], Range<Int>, String)])
  func rowsThatAUnitCannotNeedAreRefused(ids: [UInt32], slices: Range<Int>, defect: String) {
    #expect(pushed.note(pull(ids), work(slices)) == defect)
    #expect(pushed.defect(push(ids), work(slices)) == "its rows were not pulled")
  }

  @Test func emptySlicesNeedNoRows() {
    pushed.begin(step: 1)
    #expect(pushed.note(pull(Array(0..<9)), work(0..<1, step: 1)) == nil)
    #expect(
      pushed.note(pull([1]), work(2..<4, step: 1))
        == "slices 2 to 3 of step 1 cannot need 1 different rows")
    #expect(pushed.note(pull([]), work(2..<4, step: 1)) == nil)
  }

  @Test func workersMustNeedTheSameRowsForAUnit() {
    let first = work(0..<1)
    #expect(pushed.note(pull([0, 6]), first) == nil)
    #expect(pushed.note(pull([0, 6]), first) == nil)
    for ids in [[0, 7], [0], [0, 6, 7], []] as [[UInt32]] {
      #expect(
        pushed.note(pull(ids), first)
          == "it needs other rows than another worker needed for the same unit")
    }
    #expect(pushed.places(of: first)?.array == [0, 6])
    // Another unit may need other rows.
    #expect(pushed.note(pull([0, 7]), work(1..<2)) == nil)
  }

  @Test func lengthsAndIdsMustFit() {
    let first = work(0..<1)
    #expect(pushed.note(pull([0, 6]), first) == nil)
    let dense = parts.program.denseCount
    let statistics = parts.program.statisticsCount
    let cases: [(Push, String)] = [
      (push([0, 7]), "its gradients are of other rows than were pulled"),
      (push([0]), "its gradients are of other rows than were pulled"),
      (push([0, 6], rows: 9), "it has 9 numbers where 10 belong"),
      (push([0, 6], rows: 15), "it has 15 numbers where 10 belong"),
      (push([0, 6], dense: dense - 1), "it has \(dense - 1) numbers where \(dense) belong"),
      (push([0, 6], statistics: 0), "it has 0 numbers where \(statistics) belong"),
      (push([0, 6], sums: [3, 1]), "its sums for the log make no sense"),
      (push([0, 6], sums: [3, 1, .nan, 3, 1]), "its sums for the log make no sense"),
      (push([0, 6], sums: [3, 2, 0.5, 3, 2]), "slice 0 is of 5 examples where it has 4"),
    ]
    for (push, defect) in cases { #expect(pushed.defect(push, first) == defect) }
    #expect(pushed.defect(push([0, 6]), work(1..<2)) == "its rows were not pulled")
    #expect(pushed.defect(push([0, 6]), first) == nil)
    #expect(
      pushed.defect(push([0, 6]), work(0..<2)) == "its rows were not pulled", "of another unit")
  }

  /// Where the data are not here, as at a server: a step cannot be applied with such a unit.
  @Test func rowsWithoutExamplesAreRefused() {
    let sizes = SliceSizes(exact: nil, atMost: 4, candidateCount: 1)
    let server = PushedUnits(parts: parts, slices: 4, sizes: sizes, step: 0)
    let (none, first, second) = ([0, 0, 0, 0, 0] as [Double], work(0..<1), work(1..<2))
    #expect(server.note(pull([0, 6]), first) == nil)
    #expect(server.defect(push([0, 6], sums: none), first) == "it has rows without examples")
    #expect(server.note(pull([]), second) == nil)
    #expect(server.defect(push([], sums: none), second) == nil)
  }

  /// Rounded gradients have no sum that is rounded, and are written as agreed.
  @Test func roundedGradientsComeSliceBySliceAndAsAgreed() throws {
    let other = try PushedUnitsTests(values: .int8)
    #expect(
      other.pushed.note(pull([1]), work(0..<2))
        == "slices 0 to 1 of step 0 are one unit where gradients are rounded slice by slice")
    let first = work(0..<1)
    #expect(other.pushed.note(pull([0, 6]), first) == nil)
    for codec in [Codec.float32, .bfloat16, .scaledFloat16] {
      #expect(
        other.pushed.defect(push([0, 6], codec: codec), first)
          == "its numbers are written as \(codec) where scaledInt8 is agreed")
    }
    let push = push([0, 6], codec: .scaledInt8)
    #expect(other.pushed.defect(push, first) == nil)
    try other.pushed.keep(push, first)
    #expect(pushed.note(pull([0, 6]), first) == nil)
    #expect(
      pushed.defect(push, first) == "its numbers are written as scaledInt8 where float32 is agreed")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func gradientsThatAreNotFiniteAreNotKept(value: Float) {
    let pair = work(2..<4)
    #expect(pushed.note(pull([0, 6]), pair) == nil)
    let push = push([0, 6], sums: [3, 1, 0.5, 3, 1, 3, 1, 0.5, 3, 1], value: value)
    #expect(pushed.defect(push, pair) == nil)
    let error = #expect(throws: GradientError.self) { try pushed.keep(push, pair) }
    #expect(error?.slice == 2)
    #expect(error?.place == .row(id: 0, lane: 0))
    #expect(pushed.contributions.allSatisfy { $0 == nil })
  }

  /// Small, large and small units, one step after the other, in the same places.
  @Test func theMemoryGrowsWithTheUnits() throws {
    let shapes: [(ids: [UInt32], slices: Range<Int>)] = [
      ([3], 0..<1), (Array(0..<15), 0..<4), ([1, 4], 0..<2), (Array(0..<12), 0..<1), ([], 0..<4),
    ]
    for (round, shape) in shapes.enumerated() {
      let step = UInt64(round + 2)
      pushed.begin(step: step)
      let work = work(shape.slices, step: step)
      #expect(pushed.note(pull(shape.ids), work) == nil)
      let sums = Array(
        repeating: [3, 1, 0.5, 3, 1] as [Double], count: shape.slices.count
      ).flatMap(\.self)
      let push = push(shape.ids, sums: sums, value: Float(round + 1))
      #expect(pushed.defect(push, work) == nil)
      try pushed.keep(push, work)
      let kept = try #require(pushed.contributions[0])
      #expect(kept.ids.array == shape.ids)
      #expect(
        kept.rowGradients.array.prefix(5 * shape.ids.count).allSatisfy { $0 == Float(round + 1) })
      #expect(kept.rows == 4 * shape.slices.count)
    }
  }
}
