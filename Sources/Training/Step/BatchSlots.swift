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
  private var lists: [View<UInt32>]

  /// An empty batch of `slices` slices whose plans share `stamps`.
  init(slices: Int, sizes: SliceSlotSizes, stamps: StampTable) {
    self.slices = (0..<slices).map { _ in SliceSlot(sizes) }
    plan = StepPlan(stamps: stamps, slices: slices)
    lists = Array(repeating: View(count: 0), count: slices)
  }

  /// Plans the step once all slices are read and numbered.
  func makePlan() {
    for (index, slice) in slices.enumerated() { lists[index] = slice.unique }
    plan.make(lists)
  }
}
