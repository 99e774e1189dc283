import Datasets
import Optimization

/// Fills the slices of training and validation batches.
final class BatchSource: Sendable {
  /// How steps fall into epochs.
  let schedule: Schedule
  /// The table's rows as people know them.
  let rowNames: RowNames
  private let training: SliceReader
  private let validation: ValidationReader?
  /// Steps from one batch of the controller to the next, where these are those of steps.
  private let stepsBetween: Int?

  /// Reads the training split, and the validation split where a controller learns from it.
  init(dataset: Dataset, parts: RunParts) throws {
    let train = parts.configuration.train
    rowNames = RowNames(schema: parts.schema, fields: dataset.manifest.fields.map(\.name))
    training = SliceReader(
      dataset: dataset, split: .train, batchSize: train.batchSize, slices: train.slices,
      seed: parts.configuration.seed, order: .shuffled)
    schedule = Schedule(
      rows: training.rowsPerEpoch, batchSize: train.batchSize, epochs: train.epochs,
      maximumSteps: train.maxSteps, evaluateEverySteps: train.evaluateEvery)
    let learnsFrom = parts.strategy.learnsFrom
    stepsBetween = learnsFrom == .training ? parts.configuration.search.every : nil
    guard learnsFrom == .validation else {
      validation = nil
      return
    }
    guard dataset.rowCount(of: .validation) > 0 else {
      throw Failure(
        "the strategy \(parts.strategy.name) learns from validation rows, and there are none",
        at: dataset.folder, remedy: "prepare the data with a validation share above 0 (--split)",
        exitCode: .badData)
    }
    validation = ValidationReader(
      dataset: dataset, batchSize: train.batchSize, slices: train.slices,
      seed: parts.configuration.seed)
  }

  /// Rows of the training split.
  var rows: Int { training.rowsPerEpoch }

  /// Reads and numbers one slice of training step `step`, counted over all epochs.
  func readTraining(step: Int, slice: Int, into slot: SliceSlot, index: SliceIndex) throws {
    let place = schedule.place(of: step)
    try training.read(epoch: place.epoch, step: place.step, slice: slice, into: slot.rows)
    let batch = training.range(step: place.step)
    let positions = training.range(step: place.step, slice: slice)
    slot.number(
      with: index, firstExample: positions.lowerBound - batch.lowerBound, batchRows: batch.count)
  }

  /// Where the rows of neighbouring slices of a step come from, for people.
  func origin(step: Int, slices: Range<Int>) -> String {
    let place = schedule.place(of: step)
    return training.origin(epoch: place.epoch, step: place.step, slices: slices)
  }

  /// Rows of the slice, without reading it.
  func rowCount(step: Int, slice: Int) -> Int {
    training.range(step: schedule.place(of: step).step, slice: slice).count
  }

  /// Reads and numbers one slice of validation batch `batch`, or of the step that it stands for
  /// where the controller learns from training rows.
  func readValidation(batch: Int, slice: Int, into slot: SliceSlot, index: SliceIndex) throws {
    if let stepsBetween {
      return try readTraining(
        step: batch * stepsBetween, slice: slice, into: slot, index: index)
    }
    guard let validation else { preconditionFailure("no validation batches were asked for") }
    try validation.read(batch: batch, slice: slice, into: slot.rows)
    let inside = sliceRange(slice, of: validation.slices, rows: validation.batchSize)
    slot.number(
      with: index, firstExample: inside.lowerBound, batchRows: validation.batchSize)
  }
}
