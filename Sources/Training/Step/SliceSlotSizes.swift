import Search

/// How much memory the slots of a run need.
struct SliceSlotSizes: Sendable {
  /// Rows of the longest slice and ids of a row.
  var capacity: Int
  var columnCount: Int
  /// Rows of parameters of an example, with those made of lists.
  var rowsPerExample: Int
  /// Numbers of a row's gradient, of the dense gradient and of the batch statistics.
  var rowWidth = 0
  var denseCount = 0
  var statisticsCount = 0
  /// Whether somebody asks how often a slice has each row.
  var countsOccurrences = false
  /// Sums of no examples, as the strategy makes them.
  var noSums = StrategySums(candidateCount: 0)
}

extension RunParts {
  /// Slots that are only read and scored.
  var scoringSizes: SliceSlotSizes {
    SliceSlotSizes(
      capacity: sliceCapacity, columnCount: schema.columnCount,
      rowsPerExample: schema.rowsPerExample)
  }

  /// Slots of training slices: gradients of W.
  var trainingSizes: SliceSlotSizes {
    var sizes = scoringSizes
    sizes.rowWidth = program.rowWidth
    sizes.countsOccurrences = configuration.gradientClip != nil
    sizes.denseCount = program.denseCount
    sizes.statisticsCount = program.statisticsCount
    sizes.noSums = strategy.noSums
    return sizes
  }

  /// Slots of validation slices: gradients of V; nil where it does not learn from them.
  var validationSizes: SliceSlotSizes? {
    guard let controller = validatedController else { return nil }
    var sizes = scoringSizes
    sizes.denseCount = controller.dense.count
    sizes.statisticsCount = controller.statistics.count
    sizes.noSums = strategy.noSums
    return sizes
  }
}
