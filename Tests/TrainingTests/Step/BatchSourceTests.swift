import Datasets
import Optimization
import Testing

@testable import Training

@Suite struct BatchSourceTests {
  /// 802 training rows in batches of 50 and three slices: the last batch has two rows.
  private func scene() throws -> StepScene {
    try StepScene(RunFixture(rows: 1003)) {
      $0.train.batchSize = 50
      $0.train.slices = 3
      $0.train.epochs = 2
    }
  }

  /// The global ids of a slot's rows, found again through its numbering.
  private func ids(_ slot: SliceSlot) -> [UInt32] {
    (0..<slot.rows.count * slot.rows.columnCount).map { slot.unique[Int(slot.rowIndex[$0])] }
  }

  @Test(arguments: [0, 3, 16, 17, 33])
  func slicesOfAStepAreItsRowsInOrder(step: Int) throws {
    let scene = try scene()
    let whole = SliceReader(
      dataset: scene.setup.dataset, split: .train, batchSize: 50, slices: 1, seed: 1,
      order: .shuffled)
    let expected = SliceRows(capacity: 50, columnCount: 39)
    try whole.read(epoch: step / 17, step: step % 17, slice: 0, into: expected)
    let slot = SliceSlot(scene.parts.trainingSizes)
    let index = SliceIndex(rowCount: scene.parts.schema.rowCount, maximumIds: 17 * 39)
    var found: [UInt32] = []
    var labels: [Float] = []
    for slice in 0..<3 {
      try scene.setup.source.readTraining(step: step, slice: slice, into: slot, index: index)
      #expect(slot.firstExample == labels.count)
      #expect(slot.batchRows == expected.count)
      #expect(slot.rows.count == scene.setup.source.rowCount(step: step, slice: slice))
      found += ids(slot)
      labels += slot.rows.labels.array.prefix(slot.rows.count)
    }
    #expect(found == Array(expected.ids.array.prefix(39 * expected.count)))
    #expect(labels == Array(expected.labels.array.prefix(expected.count)))
  }

  @Test func anEpochHasEachRowOnce() throws {
    let source = try scene().setup.source
    #expect(source.rows == 802)
    #expect(source.schedule.stepsPerEpoch == 17)
    for epoch in 0..<2 {
      let counts = (0..<17).flatMap { step in
        (0..<3).map { source.rowCount(step: 17 * epoch + step, slice: $0) }
      }
      #expect(counts.reduce(0, +) == 802)
    }
  }

  @Test func validationBatchesAreWhole() throws {
    let scene = try scene()
    let reader = ValidationReader(
      dataset: scene.setup.dataset, batchSize: 50, slices: 3, seed: 1)
    let expected = SliceRows(capacity: 17, columnCount: 39)
    let slot = SliceSlot(scene.parts.trainingSizes)
    let index = SliceIndex(rowCount: scene.parts.schema.rowCount, maximumIds: 17 * 39)
    var first = 0
    for slice in 0..<3 {
      try scene.setup.source.readValidation(batch: 4, slice: slice, into: slot, index: index)
      try reader.read(batch: 4, slice: slice, into: expected)
      #expect(ids(slot) == Array(expected.ids.array.prefix(39 * expected.count)))
      #expect(slot.batchRows == 50)
      #expect(slot.firstExample == first)
      first += slot.rows.count
    }
    #expect(first == 50)
  }
}
