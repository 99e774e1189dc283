import Kernels

/// The predictions and labels of one slice, and its place in the run.
public struct StrategySlice {
  /// The recommender's logits, one a row or K.
  public var logits: Floats
  /// The labels, 0 or 1, or 0 … K − 1.
  public var labels: Floats
  /// How many rows the slice has.
  public var rows: Int
  /// How many rows the whole batch has: losses are means over it.
  public var batchRows: Int
  /// The seed of the run.
  public var seed: UInt64
  /// The step, counted in updates of the recommender from 0.
  public var step: Int
  /// The position of the first row in the whole batch.
  public var firstExample: Int
  /// The row from which on examples are compared apart from those before it; nil where all rows are
  /// compared with each other.
  public var parted: Int?

  /// A slice; see the properties. Traps when there are fewer logits or labels than rows.
  public init(
    logits: Floats, labels: Floats, rows: Int, batchRows: Int, seed: UInt64, step: Int,
    firstExample: Int
  ) {
    precondition(logits.count >= rows && labels.count >= rows, "fewer logits or labels than rows")
    precondition(batchRows > 0, "a batch has at least one row")
    self.logits = logits
    self.labels = labels
    self.rows = rows
    self.batchRows = batchRows
    self.seed = seed
    self.step = step
    self.firstExample = firstExample
  }
}

/// The parameters and running statistics of the controller, as the trainer keeps them.
public struct ControllerState {
  /// V, `controller.denseCount` numbers.
  public var dense: Floats
  /// Running means and variances, `controller.statisticsCount` numbers.
  public var statistics: Floats

  /// A state; see the properties.
  public init(dense: Floats, statistics: Floats) {
    self.dense = dense
    self.statistics = statistics
  }
}
