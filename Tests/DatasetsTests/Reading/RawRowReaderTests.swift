import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct RawRowReaderTests {
  private func read(_ reader: RawRowReader, capacity: Int) throws -> [[UInt32]] {
    let rows = SliceRows(capacity: capacity, columnCount: 39)
    var result: [[UInt32]] = []
    while try reader.next(into: rows) {
      result += (0..<rows.count).map {
        rows.ids.slice($0 * 39, 39).array + [UInt32(rows.labels[$0])]
      }
    }
    return result
  }

  @Test(arguments: [1, 100, 5000], [1 << 12, 1 << 20])
  func rowsAreEncodedAsPreparedInInputOrder(capacity: Int, blockByteCount: Int) throws {
    let folder = try TemporaryFolder()
    let lines = SampleTable.lines(600)
    let raw = try SampleTable.write(lines, to: "raw.tsv", in: folder)
    var preparation = Preparation(inputs: [raw], output: folder.path("data"))
    preparation.minimumCount = 2
    preparation.splitFractions = [1, 0]
    _ = try preparation.run()
    let dataset = try Dataset(folder: folder.path("data"))
    let slice = SliceRows(capacity: 600, columnCount: 39)
    try SliceReader(
      dataset: dataset, split: .train, batchSize: 600, slices: 1, seed: 0, order: .sequential
    ).read(epoch: 0, step: 0, slice: 0, into: slice)
    let expected = (0..<600).map {
      slice.ids.slice($0 * 39, 39).array + [UInt32(slice.labels[$0])]
    }
    let vocabulary = try dataset.vocabulary()
    let reader = RawRowReader(
      vocabulary: vocabulary, inputs: [raw], blockByteCount: blockByteCount)
    #expect(try read(reader, capacity: capacity) == expected)

    // Without labels, in either form, the ids are the same.
    let bare = lines.enumerated().map {
      $0 % 2 == 0 ? String($1.dropFirst(2)) : String($1.dropFirst(1))
    }
    let path = try SampleTable.write(bare, to: "bare.tsv", in: folder)
    let unlabelled = RawRowReader(
      vocabulary: vocabulary, inputs: [path], blockByteCount: blockByteCount)
    #expect(try read(unlabelled, capacity: capacity) == expected.map { $0.dropLast() + [0] })
  }

  @Test func unseenValuesGetTheSharedID() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(200), groupRows: 64, in: folder)
    let line =
      "1" + String(repeating: "\t999999999", count: 13)
      + String(repeating: "\tnobody knows", count: 26)
    let path = try SampleTable.write([line], to: "new.tsv", in: folder)
    let reader = RawRowReader(vocabulary: try dataset.vocabulary(), inputs: [path])
    var last = 0
    let shared = dataset.fieldSizes.map { size in
      last += size
      return UInt32(last - 1)
    }
    #expect(try read(reader, capacity: 10) == [shared + [1]])
  }

  @Test func badLinesAreNamed() throws {
    let folder = try TemporaryFolder()
    let lines = SampleTable.lines(50)
    let dataset = try SampleTable.dataset(lines, groupRows: 64, in: folder)
    let path = try SampleTable.write(lines + ["x"], to: "bad.tsv", in: folder)
    let reader = RawRowReader(vocabulary: try dataset.vocabulary(), inputs: [path])
    let error = try #require(throws: DataError.self) { try read(reader, capacity: 10) }
    #expect(error.place == "\(path):51")
  }
}
