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
    let group = RowGroup(capacity: groupRows, fieldCount: sizes.count)
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
    let target = SliceRows(capacity: rows, fieldCount: fieldCount)
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
        let target = SliceRows(capacity: rows, fieldCount: Self.fieldSizes.count)
        decoder.scatter(places: nil, from: 0, into: target)
      } catch { refused += 1 }
    }
    #expect(refused > 3000)
  }
}
