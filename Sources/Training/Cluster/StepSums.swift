import Cluster
import Messages
import Search

/// Sums for the log of the open steps, slice by slice, as workers deliver them.
struct StepSums {
  private var steps: [UInt64: [StrategySums?]] = [:]
  private let slices: Int
  private let sizes: SliceSizes

  /// No sums yet for steps of so many slices.
  init(slices: Int, sizes: SliceSizes) {
    self.slices = slices
    self.sizes = sizes
  }

  /// What is wrong with a delivery, or nil.
  func defect(_ delivery: Delivery, _ work: Work) -> String? {
    guard SliceTree.isNode(work.slices, of: slices) else { return "a step has no unit of \(work)" }
    return sizes.defect(delivery, work)
  }

  /// Keeps the sums of a delivery that has no defect.
  mutating func keep(_ delivery: Delivery, _ work: Work) {
    guard case .success(let sums) = sizes.sums(delivery, work) else {
      preconditionFailure("only a delivery without defect is kept")
    }
    keep(sums, work)
  }

  /// Keeps the sums of slices that this process computed.
  mutating func keep(_ sums: [StrategySums], _ work: Work) {
    var step = steps[work.step] ?? Array(repeating: nil, count: slices)
    for (slice, sum) in zip(work.slices, sums) { step[slice] = sum }
    steps[work.step] = step
  }

  /// The sums of a step whose slices are all there, by slice; they are forgotten.
  mutating func take(step: UInt64) -> [StrategySums] {
    (steps.removeValue(forKey: step) ?? []).compactMap(\.self)
  }
}
