import Kernels
import TestSupport
import Testing

@testable import Datasets

@Suite struct RowGroupTests {
  private static let fieldSizes = [1, 2, 256, 257, 65_536, 65_537, 3_000_000]
  private static let groupRows = 100

  /// A group of pseudo-random rows and its stored form.
  private static func sample(
    rows: Int, sizes: [Int] = fieldSizes, classes: Int = 2
  ) -> (RowGroup, [UInt8]) {
    let randomness = Randomness(seed: 1, purpose: .test)
    let group = RowGroup(capacity: groupRows, columnCount: sizes.count)
    for row in 0..<rows {
      let label = randomness.word(example: row, lane: 0) % UInt32(classes)
      group.labels[row] = UInt8(row == 0 ? UInt32(classes - 1) : label)
      for (field, size) in sizes.enumerated() {
        let word = Int(randomness.word(example: row, lane: 1 + field))
        group.ids[field * groupRows + row] = UInt32(row == 0 ? size - 1 : word % size)
      }
    }
    let encoder = RowGroupEncoder(fieldSizes: sizes, groupRows: groupRows, classes: classes)
    return (group, encoder.encode(group, rows: rows).array)
  }

  private static func decode(_ bytes: [UInt8], with decoder: RowGroupDecoder) throws -> Int {
    try unsafe bytes.withUnsafeBytes { try unsafe decoder.decode($0) }
  }

  @Test(arguments: [1, 7, 8, 9, 100], [2, 5, 256])
  func storedRowsAreReadBack(rows: Int, classes: Int) throws {
    let (group, bytes) = Self.sample(rows: rows, classes: classes)
    let decoder = RowGroupDecoder(
      fieldSizes: Self.fieldSizes, groupRows: Self.groupRows, classes: classes)
    #expect(try Self.decode(bytes, with: decoder) == rows)
    let fieldCount = Self.fieldSizes.count
    let target = SliceRows(capacity: rows, columnCount: fieldCount)
    // Backwards, to see that places are kept.
    let places = View((0..<rows).map { UInt32(rows - 1 - $0) })
    decoder.scatter(places: places, from: 0, into: target)
    for row in 0..<rows {
      let place = rows - 1 - row
      #expect(target.labels[place] == Float(group.labels[row]))
      var offset = 0
      for (field, size) in Self.fieldSizes.enumerated() {
        let id = Int(group.ids[field * Self.groupRows + row])
        #expect(Int(target.ids[place * fieldCount + field]) == id + offset)
        offset += size
      }
    }
  }

  /// A list has a column for each value; behind its end there is no id, whatever the width.
  @Test(arguments: [200, 255, 256, 60_000, 65_535, 65_536])
  func absentIdsAreReadBack(size: Int) throws {
    let columns = IDColumns(fieldCount: 2, lists: [nil, ValueList(maximum: 3)])
    #expect(columns.fields == [0, 1, 1, 1] && columns.starts == [0, 1])
    #expect(columns.codeCounts(fieldSizes: [7, size]) == [7, size, size + 1, size + 1])
    let last = UInt32(size - 1)
    let rows: [[UInt32]] = [
      [6, last, .max, .max], [0, 0, last, .max], [3, 5, 0, last], [1, 0, .max, .max],
    ]
    let group = RowGroup(capacity: 4, columnCount: 4)
    for (row, ids) in rows.enumerated() {
      for (column, id) in ids.enumerated() { group.ids[column * 4 + row] = id }
    }
    let encoder = RowGroupEncoder(fieldSizes: [7, size], columns: columns, groupRows: 4)
    let bytes = encoder.encode(group, rows: 4).array
    let decoder = RowGroupDecoder(fieldSizes: [7, size], columns: columns, groupRows: 4)
    #expect(try Self.decode(bytes, with: decoder) == 4)
    let target = SliceRows(capacity: 4, columnCount: 4)
    decoder.scatter(places: nil, from: 0, into: target)
    let expected = rows.flatMap { ids in
      ids.enumerated().map { $1 == .max || $0 == 0 ? $1 : $1 + 7 }
    }
    #expect(target.ids.array == expected)
    // The first value of a list is never absent; where its width has room for that, it is seen.
    if size == 256 || size == 65_536 { return }
    group.ids[1 * 4 + 2] = .max
    let wrong = encoder.encode(group, rows: 4).array
    let problem = try #require(throws: RowGroupProblem.self) {
      try Self.decode(wrong, with: decoder)
    }
    #expect(problem.text.contains("outside"))
  }

  @Test func idsOutsideTheFieldAreRefused() throws {
    let (_, bytes) = Self.sample(rows: 50, sizes: [200, 60_000, 100_000])
    for sizes in [[199, 60_000, 100_000], [200, 59_999, 100_000], [200, 60_000, 99_999]] {
      let decoder = RowGroupDecoder(fieldSizes: sizes, groupRows: Self.groupRows)
      let problem = try #require(throws: RowGroupProblem.self) {
        try Self.decode(bytes, with: decoder)
      }
      #expect(problem.text.contains("outside"))
    }
  }

  @Test func labelsOutsideTheClassesAreRefused() throws {
    let (_, bytes) = Self.sample(rows: 50, classes: 5)
    let decoder = RowGroupDecoder(
      fieldSizes: Self.fieldSizes, groupRows: Self.groupRows, classes: 4)
    let problem = try #require(throws: RowGroupProblem.self) {
      try Self.decode(bytes, with: decoder)
    }
    #expect(problem.text == "the label 4 is none of 4 classes")
    // Nor are bytes taken for bits.
    let binary = RowGroupDecoder(fieldSizes: Self.fieldSizes, groupRows: Self.groupRows)
    #expect(throws: RowGroupProblem.self) { try Self.decode(bytes, with: binary) }
  }

  @Test func damageIsNoticed() throws {
    let (_, bytes) = Self.sample(rows: 60)
    let decoder = RowGroupDecoder(fieldSizes: Self.fieldSizes, groupRows: Self.groupRows)
    for trial in 0..<2000 {
      let mutated = mutate(bytes, trial: trial)
      guard mutated != bytes else { continue }
      #expect(throws: RowGroupProblem.self) { try Self.decode(mutated, with: decoder) }
    }
  }

  /// The checksum stops nearly all damage, so what lies behind it is tested with a checksum made
  /// right again.
  @Test(arguments: [2, 5])
  func forgedGroupsNeverCrash(classes: Int) {
    let (_, bytes) = Self.sample(rows: 60, classes: classes)
    let decoder = RowGroupDecoder(
      fieldSizes: Self.fieldSizes, groupRows: Self.groupRows, classes: classes)
    var refused = 0
    for trial in 0..<10_000 {
      let body = mutate(Array(bytes.dropLast(4)), trial: trial)
      let forged = body + ShardFormat.bytes(ShardFormat.checksum(of: body))
      do {
        let rows = try Self.decode(forged, with: decoder)
        let target = SliceRows(capacity: rows, columnCount: Self.fieldSizes.count)
        decoder.scatter(places: nil, from: 0, into: target)
      } catch { refused += 1 }
    }
    #expect(refused > 3000)
  }
}
