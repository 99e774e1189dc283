import Search

/// How much memory the slots of a run need.
struct SliceSlotSizes: Sendable {
  /// Rows of the longest slice and fields of a row.
  var capacity: Int
  var fieldCount: Int
  /// Numbers of a row's gradient, of the dense gradient and of the batch statistics.
  var rowWidth = 0
  var denseCount = 0
  var statisticsCount = 0
  /// Sums of no examples, as the strategy makes them.
  var noSums = StrategySums(candidateCount: 0)
}

extension RunParts {
  /// Slots that are only read and scored.
  var scoringSizes: SliceSlotSizes {
    SliceSlotSizes(capacity: sliceCapacity, fieldCount: schema.fieldCount)
  }

  /// Slots of training slices: gradients of W.
  var trainingSizes: SliceSlotSizes {
    SliceSlotSizes(
      capacity: sliceCapacity, fieldCount: schema.fieldCount, rowWidth: program.rowWidth,
      denseCount: program.denseCount, statisticsCount: program.statisticsCount,
      noSums: strategy.noSums)
  }

  /// Slots of validation slices: gradients of V; nil where it does not learn from them.
  var validationSizes: SliceSlotSizes? {
    guard let controller = validatedController else { return nil }
    return SliceSlotSizes(
      capacity: sliceCapacity, fieldCount: schema.fieldCount, denseCount: controller.dense.count,
      statisticsCount: controller.statistics.count, noSums: strategy.noSums)
  }
}
