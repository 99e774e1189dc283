import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Datasets

@Suite struct SliceReaderTests {
  /// One row as text, so that rows can be counted.
  private func rows(_ slice: SliceRows) -> [[UInt32]] {
    (0..<slice.count).map { row in
      slice.ids.slice(row * slice.columnCount, slice.columnCount).array + [
        UInt32(slice.labels[row])
      ]
    }
  }

  private func epoch(_ reader: SliceReader, _ epoch: Int) throws -> [[UInt32]] {
    let slice = SliceRows(capacity: reader.maximumSliceRows, columnCount: 39)
    var result: [[UInt32]] = []
    for step in 0..<reader.stepsPerEpoch {
      for index in 0..<reader.slices {
        try reader.read(epoch: epoch, step: step, slice: index, into: slice)
        #expect(slice.count == reader.range(step: step, slice: index).count)
        result += rows(slice)
      }
    }
    return result
  }

  /// Slices that nobody can compute are named by where their rows come from.
  @Test func rowsAreNamedByTheirGroups() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(700), groupRows: 32, in: folder)
    let file = try #require(dataset.manifest.rows(of: .train).files.first?.name)
    let sequential = SliceReader(
      dataset: dataset, split: .train, batchSize: 100, slices: 4, seed: 1, order: .sequential)
    let origin = sequential.origin(epoch: 3, step: 1, slices: 1..<3)
    #expect(origin.hasPrefix("positions 125 to 174 of epoch 3, from \(file), group"), "\(origin)")
    #expect(dataset.names(ofGroups: [5, 1, 0, 2], in: .train) == "\(file), groups 0 to 2, 5")
    #expect(dataset.names(ofGroups: [4], in: .train) == "\(file), group 4")
    #expect(
      dataset.names(ofGroups: Array(stride(from: 0, to: 17, by: 2)), in: .train)
        == "\(file), groups 0, 2, 4, 6, 8, 10, 12, 14, others")
    let tiny = SliceReader(
      dataset: dataset, split: .train, batchSize: 1, slices: 4, seed: 1, order: .shuffled)
    #expect(tiny.origin(epoch: 0, step: 0, slices: 0..<1) == "no rows")
    #expect(tiny.origin(epoch: 0, step: 0, slices: 0..<4).hasPrefix("positions 0 to 0 of epoch 0"))
  }

  @Test(arguments: [(1, 1), (7, 3), (64, 4), (100, 7), (5000, 4), (3, 8)])
  func everyRowOccursOncePerEpoch(batchSize: Int, slices: Int) throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(700), groupRows: 32, in: folder)
    let sequential = SliceReader(
      dataset: dataset, split: .train, batchSize: batchSize, slices: slices, seed: 1,
      order: .sequential)
    let expected = try epoch(sequential, 0)
    #expect(expected.count == 560)
    let reader = SliceReader(
      dataset: dataset, split: .train, batchSize: batchSize, slices: slices, seed: 1,
      order: .shuffled)
    let first = try epoch(reader, 0)
    let second = try epoch(reader, 1)
    let sorted = expected.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(first.sorted { $0.lexicographicallyPrecedes($1) } == sorted)
    #expect(second.sorted { $0.lexicographicallyPrecedes($1) } == sorted)
    #expect(first != expected && second != expected && first != second)
  }

  @Test func rowsDoNotDependOnBatchesOrSlices() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(500), groupRows: 16, in: folder)
    let orders = try [(1, 1), (33, 4), (400, 2)].map { batchSize, slices in
      try epoch(
        SliceReader(
          dataset: dataset, split: .train, batchSize: batchSize, slices: slices, seed: 9,
          order: .shuffled), 3)
    }
    #expect(orders[0] == orders[1] && orders[0] == orders[2])
  }

  @Test func slicesArePureInAnyOrderOnAnyThread() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(900), groupRows: 16, in: folder)
    func make() -> SliceReader {
      SliceReader(
        dataset: dataset, split: .train, batchSize: 50, slices: 4, seed: 2, order: .shuffled)
    }
    let reader = make()
    let calls = (0..<3).flatMap { epoch in
      (0..<reader.stepsPerEpoch).flatMap { step in (0..<4).map { (epoch, step, $0) } }
    }
    @Sendable func read(_ reader: SliceReader, _ call: (Int, Int, Int)) throws -> [[UInt32]] {
      let slice = SliceRows(capacity: reader.maximumSliceRows, columnCount: 39)
      try reader.read(epoch: call.0, step: call.1, slice: call.2, into: slice)
      return rows(slice)
    }
    let expected = try calls.map { try read(reader, $0) }
    // Backwards, with a reader that has seen nothing.
    let fresh = make()
    for (place, call) in calls.enumerated().reversed() {
      #expect(try read(fresh, call) == expected[place])
    }
    // Five threads at once, each in its own order.
    let shared = make()
    let wrong = Atomic(0)
    onThreads(5) { thread in
      for step in 0..<calls.count {
        let place = (step * [1, 7, 11, 13, 17][thread] + thread * 31) % calls.count
        if (try? read(shared, calls[place])) != expected[place] {
          wrong.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test func splitsAreExactAndDisjoint() throws {
    let folder = try TemporaryFolder()
    // Each row is its own value of C1, so that rows are told apart.
    let lines = (0..<1003).map { row in
      let digits = String(row, radix: 16)
      let name = String(repeating: "0", count: 8 - digits.count) + digits
      return "\(row % 2)" + String(repeating: "\t", count: 14) + name
        + String(repeating: "\t", count: 25)
    }
    let dataset = try SampleTable.dataset(lines, groupRows: 64, minimumCount: 1, in: folder)
    #expect(Split.allCases.map { dataset.rowCount(of: $0) } == [802, 100, 101])
    #expect(dataset.manifest.positives == 501)
    var seen: Set<UInt32> = []
    for split in Split.allCases {
      let reader = SliceReader(
        dataset: dataset, split: split, batchSize: 1003, slices: 1, seed: 0, order: .sequential)
      let slice = SliceRows(capacity: 1003, columnCount: 39)
      try reader.read(epoch: 0, step: 0, slice: 0, into: slice)
      for row in 0..<slice.count {
        #expect(seen.insert(slice.ids[row * 39 + 13]).inserted)
      }
    }
    #expect(seen.count == 1003)
  }

  @Test func idsCarryTheFieldOffsets() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(300), groupRows: 64, in: folder)
    let reader = SliceReader(
      dataset: dataset, split: .train, batchSize: 240, slices: 1, seed: 0, order: .shuffled)
    let slice = SliceRows(capacity: 240, columnCount: 39)
    try reader.read(epoch: 0, step: 0, slice: 0, into: slice)
    var offset = 0
    for (field, size) in dataset.fieldSizes.enumerated() {
      for row in 0..<240 {
        #expect((offset..<offset + size).contains(Int(slice.ids[row * 39 + field])))
      }
      offset += size
    }
  }

  @Test func damagedGroupIsNamedToEveryReader() throws {
    let folder = try TemporaryFolder()
    _ = try SampleTable.dataset(SampleTable.lines(600), groupRows: 32, in: folder)
    let url = URL(fileURLWithPath: folder.path("data/train-00000.shard"))
    var contents = try Data(contentsOf: url)
    contents[contents.count / 2] ^= 1
    try contents.write(to: url)
    let dataset = try Dataset(folder: folder.path("data"))
    let reader = SliceReader(
      dataset: dataset, split: .train, batchSize: 480, slices: 1, seed: 0, order: .shuffled)
    for _ in 0..<3 {
      let slice = SliceRows(capacity: 480, columnCount: 39)
      let error = try #require(throws: DataError.self) {
        try reader.read(epoch: 0, step: 0, slice: 0, into: slice)
      }
      #expect(error.kind == .corrupt)
      #expect(error.place.contains("train-00000.shard, group"))
    }
    #expect(throws: DataError.self) { try dataset.verify(threads: 2) }
  }
}
