import Cluster
import Messages
import Search
import Testing

@testable import Training

@Suite struct StepSumsTests {
  /// Steps of four slices of ten examples.
  private func stepSums() -> StepSums {
    StepSums(
      slices: 4, sizes: SliceSizes(exact: { _, _ in 10 }, atMost: 10, candidateCount: 1))
  }

  /// Sums of a slice that can be told from those of others by their loss.
  private func sums(_ loss: Double) -> StrategySums {
    StrategySums(counts: [4, 6], loss: loss, shares: [4, 6])
  }

  private func delivery(_ losses: Double...) -> Delivery {
    Delivery(version: 0, controllerVersion: 0, sums: PushSums.list(losses.map(sums)))
  }

  @Test func slicesStandInTheirOrderWhateverTheCut() {
    var step = stepSums()
    step.keep(delivery(3), Work(step: 7, slice: 3))
    step.keep(delivery(0, 1), Work(step: 7, slices: 0..<2))
    step.keep(delivery(20, 21, 22, 23), Work(step: 8, slices: 0..<4))
    step.keep(delivery(2), Work(step: 7, slice: 2))
    #expect(step.take(step: 7).map(\.loss) == [0, 1, 2, 3])
    #expect(step.take(step: 7).isEmpty, "they are forgotten")
    #expect(step.take(step: 8) == (20...23).map { sums(Double($0)) })
  }

  @Test func theSameUnitAgainChangesNothing() {
    var step = stepSums()
    for _ in 0..<2 { step.keep(delivery(0, 1, 2, 3), Work(step: 0, slices: 0..<4)) }
    #expect(step.take(step: 0).map(\.loss) == [0, 1, 2, 3])
  }

  @Test func deliveriesThatCannotBeAreNamed() {
    let step = stepSums()
    #expect(step.defect(delivery(1, 2), Work(step: 0, slices: 2..<4)) == nil)
    for slices in [1..<3, 0..<3, 0..<0, 4..<5, 0..<5, 65_535..<65_536] {
      let work = Work(step: 0, slices: slices)
      #expect(step.defect(delivery(1, 2), work) == "a step has no unit of \(work)")
    }
    #expect(
      step.defect(delivery(1), Work(step: 0, slices: 2..<4))
        == "its sums for the log make no sense")
    #expect(
      step.defect(delivery(.nan), Work(step: 0, slice: 1)) == "its sums for the log make no sense")
    let wrong = Delivery(version: 0, controllerVersion: 0, sums: [10, 1, 0, 10, 1])
    #expect(
      step.defect(wrong, Work(step: 0, slice: 1)) == "slice 1 is of 11 examples where it has 10")
    #expect(
      step.defect(wrong, Work(step: .max, slice: 1)) == "slice 1 is of 11 examples where it has 0")
  }
}
