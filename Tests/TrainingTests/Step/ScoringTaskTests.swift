import Datasets
import Models
import Objectives
import TestSupport
import Testing

@testable import Training

@Suite struct ScoringTaskTests {
  /// Scores a split one row at a time.
  private func rowByRow(_ scene: StepScene, _ split: Split) throws -> BinaryResult {
    let parts = scene.parts
    let reader = SliceReader(
      dataset: scene.setup.dataset, split: split, batchSize: 1, slices: 1, seed: 0,
      order: .sequential)
    let member = ComputeMember(parts: parts, capacity: 1)
    let slot = SliceSlot(parts.scoringSizes)
    var metrics = BinaryMetrics()
    for row in 0..<reader.rowsPerEpoch {
      try reader.read(epoch: 0, step: row, slice: 0, into: slot.rows)
      slot.number(with: member.index, firstExample: 0, batchRows: 1)
      parts.store.peek(slot.unique, into: member.rows)
      let logits = member.logits(
        slot, dense: parts.store.dense.weights, statistics: parts.store.statistics)
      metrics.add(logit: logits[0], label: slot.rows.labels[0])
    }
    return metrics.result()
  }

  @Test(arguments: ModelKind.allCases, [Split.validation, .test])
  func equalsScoringRowByRow(model: ModelKind, split: Split) throws {
    let scene = try StepScene(RunFixture(rows: 1003)) {
      $0.loss = "fixed:ce"
      $0.take(model)
      $0.train.learningRate = 0.01
    }
    // Rows that are behind, as most are between two steps, count as of the present version.
    try scene.train(0..<9)
    let expected = try rowByRow(scene, split)
    let found = try scene.compute.evaluate(scene.setup.dataset, split: split)
    #expect(found.rows == scene.setup.dataset.rowCount(of: split))
    #expect(found.positives == expected.positives)
    // Products over other numbers of rows round otherwise in their last bits.
    #expect(abs(found.logloss - expected.logloss) < 1e-6)
    #expect(abs(found.auc - expected.auc) < 1e-3)
  }

  @Test(arguments: [2, 5])
  func threadsChangeNoBitAndParametersStay(classes: Int) throws {
    let fixture = try RunFixture(rows: 1003, classes: classes)
    var results: [Quality] = []
    for threads in [1, 2, 3] {
      let scene = try StepScene(fixture, threads: threads) { $0.loss = "fixed:ce" }
      try scene.train(0..<4)
      let before = scene.parts.checksum()
      results.append(try scene.compute.evaluate(scene.setup.dataset, split: .test))
      #expect(scene.parts.checksum() == before)
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }
}
