import Datasets
import Kernels
import Objectives
import Optimization

/// Scores the rows of a split in the order of its files.
final class ScoringTask: Sendable {
  /// How many batches the split has.
  let batches: Int
  private let batchSize: Int
  private let reader: SliceReader
  private let classes: Int
  private let outputs: Int
  private let logits: Floats
  private let labels: Floats

  /// The rows of `split` in batches of `batchSize`.
  init(dataset: Dataset, split: Split, batchSize: Int) {
    reader = SliceReader(
      dataset: dataset, split: split, batchSize: batchSize, slices: 1, seed: 0,
      order: .sequential)
    batches = reader.stepsPerEpoch
    self.batchSize = batchSize
    classes = dataset.classes
    outputs = CandidateTable.outputs(classes: classes)
    logits = Floats(count: reader.rowsPerEpoch * outputs)
    labels = Floats(count: reader.rowsPerEpoch)
  }

  /// Scores one batch at the store's version; threads take different batches.
  func score(
    _ batch: Int, slot: SliceSlot, _ worker: ComputeMember, _ store: ParameterStore
  ) throws {
    try reader.read(epoch: 0, step: batch, slice: 0, into: slot.rows)
    let range = reader.range(step: batch)
    slot.number(with: worker.index, firstExample: 0, batchRows: range.count)
    store.peek(slot.unique, into: worker.rows)
    logits.slice(range.lowerBound * outputs, range.count * outputs).copy(
      from: worker.logits(slot, dense: store.dense.weights, statistics: store.statistics))
    labels.slice(range.lowerBound, range.count).copy(
      from: slot.rows.labels.slice(0, range.count))
  }

  /// Metrics over all rows, once every batch is scored; logits are scaled to fit these very rows.
  func result() -> Quality { result(scaledBy: scaling()) }

  /// What makes the scored rows fit their labels.
  func scaling() -> LogitScaling? {
    LogitScaling(fitting: logits, labels: labels, classes: classes)
  }

  /// Metrics over all rows, with the log loss that a scaling found on other rows leaves.
  func result(scaledBy scaling: LogitScaling?) -> Quality {
    var quality = measures()
    quality.scaledLogloss = scaling?.logloss(logits: logits, labels: labels)
    return quality
  }

  private func measures() -> Quality {
    if classes > 2 {
      var metrics = ClassMetrics(classes: classes)
      metrics.add(logits: logits, labels: labels, rows: labels.count)
      return Quality(metrics.result())
    }
    var metrics = BinaryMetrics()
    metrics.add(logits: logits, labels: labels, rows: labels.count)
    return Quality(metrics.result())
  }
}

extension ScoringTask {
  /// Scores all rows on `threads` threads of its own: for a model that is measured outside of
  /// training.
  func score(_ parts: RunParts, threads: Int) throws {
    let members = (0..<threads).map { _ in
      (ComputeMember(parts: parts, capacity: batchSize), SliceSlot(parts.scoringSizes))
    }
    let tasks = TaskCounter()
    let errors = PhaseErrors()
    let desks = Desks(members)
    let team = ThreadTeam(count: threads) { [self] number, _ in
      let (member, slot) = desks.members[number]
      while let batch = tasks.take(below: batches) {
        errors.catching(task: batch) { try score(batch, slot: slot, member, parts.store) }
      }
    }
    defer { team.stop() }
    team.run(0)
    try errors.rethrow()
  }

  /// What each thread works with; unchecked, for a thread takes its own alone.
  private final class Desks: @unchecked Sendable {
    let members: [(ComputeMember, SliceSlot)]
    init(_ members: [(ComputeMember, SliceSlot)]) { self.members = members }
  }
}
