import TestSupport
import Testing

@testable import Datasets

@Suite struct ValidationReaderTests {
  private func batch(_ reader: ValidationReader, _ number: Int) throws -> [[UInt32]] {
    let slice = SliceRows(capacity: reader.maximumSliceRows, columnCount: 39)
    return try (0..<reader.slices).flatMap { index in
      try reader.read(batch: number, slice: index, into: slice)
      return (0..<slice.count).map {
        slice.ids.slice($0 * 39, 39).array + [UInt32(slice.labels[$0])]
      }
    }
  }

  @Test(arguments: [(10, 1), (64, 4), (77, 3), (500, 4)])
  func batchesGoThroughTheSplitAgainAndAgain(batchSize: Int, slices: Int) throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(1500), groupRows: 32, in: folder)
    let count = dataset.rowCount(of: .validation)
    #expect(count == 150)
    let reader = ValidationReader(dataset: dataset, batchSize: batchSize, slices: slices, seed: 4)
    let batches = try (0..<(3 * count / batchSize + 1)).map { try batch(reader, $0) }
    #expect(batches.allSatisfy { $0.count == batchSize })
    let all = Array(batches.joined())
    let rounds = stride(from: 0, to: all.count - count + 1, by: count).map {
      all[$0..<$0 + count].sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(rounds.count >= 3 && rounds.allSatisfy { $0 == rounds[0] })
    #expect(Array(all[..<count]) != Array(all[count..<2 * count]))
    // Pure: the same from a reader that has read nothing, whatever the slices.
    let other = ValidationReader(dataset: dataset, batchSize: batchSize, slices: 2, seed: 4)
    #expect(try batch(other, batches.count - 1) == batches[batches.count - 1])
  }
}
