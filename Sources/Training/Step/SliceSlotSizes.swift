/// How much memory the slots of a run need.
struct SliceSlotSizes: Sendable {
  /// Rows of the longest slice and fields of a row.
  var capacity: Int
  var fieldCount: Int
  /// Numbers of a row's gradient, of the dense gradient and of the batch statistics.
  var rowWidth = 0
  var denseCount = 0
  var statisticsCount = 0
  /// Candidate losses, and classes of labels.
  var candidateCount = 0
  var classes = 2
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
      candidateCount: strategy.candidates.count, classes: strategy.classes)
  }

  /// Slots of validation slices: gradients of V; nil without a controller.
  var validationSizes: SliceSlotSizes? {
    strategy.controller.map {
      SliceSlotSizes(
        capacity: sliceCapacity, fieldCount: schema.fieldCount, denseCount: $0.denseCount,
        statisticsCount: $0.statisticsCount, candidateCount: strategy.candidates.count,
        classes: strategy.classes)
    }
  }
}
