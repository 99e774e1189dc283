import Kernels
import Optimization

/// A global batch: its slices and the plan of the rows that they touch together.
final class BatchSlots {
  /// What the batch was read for: a step, or the number of a validation batch; nil while empty.
  var number: Int?
  /// One slot a slice.
  let slices: [SliceSlot]
  /// Which rows the step touches.
  let plan: StepPlan

  /// An empty batch of `slices` slices whose plans share `stamps`.
  init(slices: Int, sizes: SliceSlotSizes, stamps: StampTable) {
    self.slices = (0..<slices).map { _ in SliceSlot(sizes) }
    plan = StepPlan(stamps: stamps, slices: slices)
  }

  /// Plans the step once all slices are read and numbered.
  func makePlan() { plan.make(slices.map(\.unique)) }
}
