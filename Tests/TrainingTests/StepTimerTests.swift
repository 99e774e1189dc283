import Datasets
import Foundation
import Testing

@testable import Training

@Suite struct StepTimerTests {
  @Test(arguments: ["fixed:ce", "autoloss"])
  func makesTheStepsOfARunAndWritesNothing(loss: String) throws {
    let fixture = try RunFixture()
    let configuration = fixture.configuration { $0.loss = loss }
    let timer = try StepTimer(configuration)
    #expect(try timer.run(steps: 2).count == 2)
    #expect(try timer.run(steps: 1).count == 1)
    #expect(timer.batchSize == 64)

    // The last step was number 2: as many rows as its batch has different ids.
    let setup = try RunSetup(configuration)
    let reader = SliceReader(
      dataset: setup.dataset, split: .train, batchSize: 64, slices: 1, seed: 1, order: .shuffled)
    let rows = SliceRows(capacity: 64, columnCount: 39)
    try reader.read(epoch: 0, step: 2, slice: 0, into: rows)
    #expect(timer.touchedRows == Set(rows.ids.array).count)
    #expect(timer.rowBytes == 4 * setup.parts.store.rows.kernel.layout.stride)
    // 39 fields of width 4, layers of 16 and 8, one output; three products of two operations.
    #expect(timer.productFlops == 6 * Double(156 * 16 + 16 * 8 + 8))
    #expect(timer.secondsPerGatheredRow(count: 10) > 0)
    #expect(!FileManager.default.fileExists(atPath: configuration.out))
  }
}
