import Kernels
import Messages
import Optimization
import Testing

@testable import Training

@Suite struct PushedSlicesTests {
  /// Two slices of at most four rows of three fields; rows are 5 wide.
  private let parts: RunParts
  private let pushed: PushedSlices

  init() throws {
    var configuration = RunConfiguration()
    configuration.model.embeddingWidth = 4
    configuration.model.hidden = [8]
    configuration.loss = "fixed:ce"
    configuration.train.batchSize = 8
    configuration.train.slices = 2
    let parts = try RunParts(configuration, fieldSizes: [5, 7, 3])
    self.parts = parts
    pushed = PushedSlices(
      parts: parts, slots: (0..<2).map { _ in SliceSlot(parts.trainingSizes) })
    pushed.beginStep(rows: [4, 4])
  }

  private func pull(_ ids: [UInt32]) -> Pull { Pull(ids: View(ids)) }

  private func push(
    _ ids: [UInt32], dense: Int? = nil, statistics: Int? = nil, rows: Int? = nil,
    sums: [Double] = [3, 1, 0.5, 3, 1], value: Float = 1
  ) -> Push {
    let push = Push(
      idChecksum: Pull.checksum(of: View(ids)), idCount: ids.count, controllerVersion: 0,
      sums: sums, rowGradients: Floats(count: rows ?? 5 * ids.count),
      denseGradient: Floats(Array(repeating: value, count: dense ?? parts.program.denseCount)),
      batchStatistics: Floats(count: statistics ?? parts.program.statisticsCount))
    return push
  }

  @Test func aGoodPushIsKept() throws {
    #expect(pushed.note(pull([0, 6, 14]), slice: 1) == nil)
    let push = push([0, 6, 14], value: 0.25)
    #expect(pushed.defect(push, slice: 1) == nil)
    try pushed.keep(push, slice: 1)
    let contribution = try #require(pushed.contributions[1])
    #expect(contribution.ids.array == [0, 6, 14])
    #expect(contribution.denseGradient.array.allSatisfy { $0 == 0.25 })
    #expect(contribution.rows == 4)
    #expect(pushed.sums[1]?.rows == 4)
    #expect(pushed.contributions[0] == nil)
    pushed.beginStep(rows: [3, 0])
    #expect(pushed.contributions[1] == nil)
    #expect(pushed.ids(slice: 1) == nil)
    #expect(pushed.note(pull(Array(0..<9)), slice: 0) == nil)
    #expect(pushed.note(pull(Array(0..<10)), slice: 0) == "a slice has no 10 different rows")
    #expect(pushed.note(pull([1]), slice: 1) == "a slice has no 1 different rows")
  }

  @Test(
    arguments: [
      ([0, 15], 0, "row 15 is outside the table of 15 rows"),
      ([4_000_000_000], 0, "row 4000000000 is outside the table of 15 rows"),
      (Array(0..<13), 1, "a slice has no 13 different rows"),
      ([1], 2, "there is no slice 2"), ([1], -1, "there is no slice -1"),
    ] as [([UInt32], Int, String)])
  func rowsThatASliceCannotNeedAreRefused(ids: [UInt32], slice: Int, defect: String) {
    #expect(pushed.note(pull(ids), slice: slice) == defect)
    #expect(pushed.defect(push(ids), slice: slice) == "its rows were not pulled")
  }

  @Test func workersMustNeedTheSameRowsForASlice() {
    #expect(pushed.note(pull([0, 6]), slice: 0) == nil)
    #expect(pushed.note(pull([0, 6]), slice: 0) == nil)
    #expect(
      pushed.note(pull([0, 7]), slice: 0)
        == "it needs other rows than another worker needed for the same slice")
    #expect(pushed.ids(slice: 0)?.array == [0, 6])
    // Another slice may need other rows.
    #expect(pushed.note(pull([0, 7]), slice: 1) == nil)
  }

  @Test func lengthsAndIdsMustFit() {
    #expect(pushed.note(pull([0, 6]), slice: 0) == nil)
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
      (push([0, 6], sums: [3, 2, 0.5, 3, 2]), "it is of 5 examples where the slice has 4"),
    ]
    for (push, defect) in cases { #expect(pushed.defect(push, slice: 0) == defect) }
    #expect(pushed.defect(push([0, 6]), slice: 1) == "its rows were not pulled")
    #expect(pushed.defect(push([0, 6]), slice: 0) == nil)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func gradientsThatAreNotFiniteAreNotKept(value: Float) {
    #expect(pushed.note(pull([0, 6]), slice: 0) == nil)
    let push = push([0, 6], value: value)
    let error = #expect(throws: GradientError.self) {
      try pushed.keep(push, slice: 0)
    }
    #expect(error?.slice == 0)
    #expect(pushed.contributions[0] == nil)
    #expect(pushed.sums[0] == nil)
  }
}
