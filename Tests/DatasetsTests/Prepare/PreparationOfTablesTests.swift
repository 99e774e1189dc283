import Foundation
import Glibc
import TestSupport
import Testing

@testable import Datasets

/// Tables of every kind from text to ids, by preparing and by reading raw rows.
@Suite struct PreparationOfTablesTests {
  struct Case: Sendable, CustomStringConvertible {
    var schema: TableSchema
    var classes = 2
    var header: String?
    var line: @Sendable (Int) -> String
    var description: String { schema.name }
  }

  static let cases: [Case] = [
    Case(
      schema: .avazu,
      header: "id,click," + TableSchema.avazu.fields.map(\.name).joined(separator: ",")
    ) { row in
      "\(row),\(row % 3 == 0 ? 1 : 0),"
        + (0..<22).map { "v\($0 * row * row % (row % 11 + 2))" }.joined(separator: ",")
    },
    Case(schema: .movieLens(classes: 5), classes: 5) { row in
      "\(row * row % 37)::\(row * 7 % 53 + 1000)::\(row % 5 + 1)::97830\(row)"
    },
    Case(schema: .libffm(fields: 4)) { row in
      "\(row % 2) 0:\(row % 17):1 1:\(row * row % 1_000_003):1 3:\(row % 3):1"
    },
    Case(schema: .libsvm(starts: [0, 20, 400], width: 0.5)) { row in
      "\(row % 2 == 0 ? "+1" : "-1") \(row % 20):1 \(400 + row % 9):\(Double(row % 5) / 4)"
    },
    Case(
      schema: TableSchema(
        name: "csv",
        fields: [
          .init(name: "text"), .init(name: "hashed", hashBuckets: 50),
          .init(name: "amount", kind: .number, width: 3),
        ], label: LabelRule(column: "y", values: ["no", "yes", "maybe"]),
        columns: ColumnForm(separators: [";"], header: .present, quoted: true)),
      classes: 3, header: "amount;hashed;y;text"
    ) { row in
      let answer = ["no", "yes", "maybe"][row % 3]
      return "\(row % 29 - 7);user \(row);\(answer);\"a \"\"long\"\"; \(row % 23)\""
    },
    Case(
      schema: TableSchema(
        name: "csv",
        fields: [
          .init(name: "user"),
          .init(name: "genres", list: ListForm(separator: "|", maximum: 4, excess: .cut)),
          .init(
            name: "seen", hashBuckets: 40,
            list: ListForm(separator: " ", maximum: 3, pooling: .sum, excess: .cut)),
          .init(
            name: "years", kind: .number, width: 5, list: ListForm(separator: "/", maximum: 2)),
        ], label: LabelRule(column: "y"),
        columns: ColumnForm(separators: [","], header: .present, quoted: true)),
      header: "user,years,y,seen,genres"
    ) { row in
      let genres = (0..<row % 6).map { "a \"\"long\"\" genre \(($0 + row) % 13)" }
      let seen = (0..<row % 4).map { "item\($0 * row % 37)" }.joined(separator: " ")
      let years = row % 3 == 0 ? "" : "\(row % 60)/\(row % 7)"
      return "u\(row % 41),\(years),\(row % 2),\(seen),\"\(genres.joined(separator: "|"))\""
    },
    Case(schema: TableSchema.movieLens(classes: 2).hashed(into: 300)) { row in
      "\(row * row % 37)::\(row * 7 % 53 + 1000)::\(row % 5 + 1)::97830\(row)"
    },
  ]

  private func text(_ table: Case, _ rows: Range<Int>) -> String {
    (table.header.map { [$0] } ?? []).appending(rows.map(table.line))
  }

  private func write(_ text: String, _ name: String, _ folder: TemporaryFolder) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  private func prepare(
    _ table: Case, _ inputs: [String], _ output: String, threads: Int = 2, block: Int = 1 << 12
  ) throws -> Manifest {
    var preparation = Preparation(inputs: inputs, output: output, schema: table.schema)
    preparation.classes = table.classes
    preparation.minimumCount = 3
    preparation.groupRows = 256
    preparation.threads = threads
    preparation.blockByteCount = block
    return try preparation.run()
  }

  @Test(arguments: cases)
  func filesDependOnTheRowsAlone(_ table: Case) throws {
    let folder = try TemporaryFolder()
    let whole = try write(text(table, 0..<2000), "whole", folder)
    let manifest = try prepare(table, [whole], folder.path("one"), threads: 1)
    #expect(manifest.rows == 2000 && manifest.badRows == 0)
    let expected = try SampleTable.contents(folder.path("one"))
    let parts = [
      try write(text(table, 0..<700), "part1", folder),
      try write(text(table, 700..<2000), "part2", folder),
    ]
    let split = try prepare(table, parts, folder.path("parts"), threads: 3, block: 1 << 14)
    #expect(try SampleTable.contents(folder.path("parts")) == expected)
    #expect(split.dataHash == manifest.dataHash)

    // A pipe is kept for the second pass, and with it where its columns are.
    let pipe = folder.path("pipe")
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "gzip -c '\(whole)' > '\(pipe)'"]
    try writer.run()
    _ = try prepare(table, [pipe], folder.path("piped"))
    writer.waitUntilExit()
    #expect(try SampleTable.contents(folder.path("piped")) == expected)
  }

  @Test(arguments: cases)
  func rawRowsGetTheIdsOfPreparedOnes(_ table: Case) throws {
    let folder = try TemporaryFolder()
    let path = try write(text(table, 0..<900), "rows", folder)
    var preparation = Preparation(inputs: [path], output: folder.path("data"), schema: table.schema)
    preparation.classes = table.classes
    preparation.minimumCount = 2
    preparation.splitFractions = [1, 0]
    _ = try preparation.run()
    let dataset = try Dataset(folder: folder.path("data"))
    try dataset.verify(threads: 2)
    #expect(dataset.manifest.tableSchema == table.schema)
    let fields = dataset.columnCount
    let prepared = SliceRows(capacity: 900, columnCount: fields)
    try SliceReader(
      dataset: dataset, split: .train, batchSize: 900, slices: 1, seed: 0, order: .sequential
    ).read(epoch: 0, step: 0, slice: 0, into: prepared)
    let reader = RawRowReader(
      vocabulary: try dataset.vocabulary(), inputs: [path], classes: table.classes,
      blockByteCount: 1 << 12)
    let raw = SliceRows(capacity: 100, columnCount: fields)
    var row = 0
    while try reader.next(into: raw) {
      let here = raw.count * fields
      #expect(raw.ids.slice(0, here).array == prepared.ids.slice(row * fields, here).array)
      #expect(raw.labels.slice(0, raw.count).array == prepared.labels.slice(row, raw.count).array)
      row += raw.count
    }
    #expect(row == 900)
  }

  @Test(arguments: cases)
  func badLinesAreSetAside(_ table: Case) throws {
    let folder = try TemporaryFolder()
    let good = try write(text(table, 0..<300), "good", folder)
    _ = try prepare(table, [good], folder.path("good data"))
    var lines = text(table, 0..<300).split(separator: "\n").map(String.init)
    lines.insert("what is this", at: 200)
    let path = try write(lines.joined(separator: "\n"), "bad", folder)
    let error = try #require(throws: DataError.self) {
      try prepare(table, [path], folder.path("data"))
    }
    #expect(error.place == "\(path):201" && error.kind == .malformed)
    var preparation = Preparation(inputs: [path], output: folder.path("data"), schema: table.schema)
    preparation.classes = table.classes
    preparation.minimumCount = 3
    preparation.groupRows = 256
    preparation.maximumBadRows = 1
    #expect(try preparation.run().badRows == 1)
    #expect(
      try SampleTable.contents(folder.path("data"))
        == SampleTable.contents(folder.path("good data")))
  }

  /// A value that a row repeats is in one row: short ones, long ones, and such as are put together
  /// from quotes, whatever stands between them.
  @Test func listsCountRowsNotRepeats() throws {
    let folder = try TemporaryFolder()
    let lists = [
      "a|b|a|a", "b|a long value|c|a long value", "\"a \"\"long\"\" one|x|a \"\"long\"\" one\"",
      "b|a long name|another one|a long name", "\"b|a \"\"long\"\" two\"", "a long name|d|d|d",
      "c|a long cane",
    ]
    let table = Case(
      schema: TableSchema(
        name: "csv",
        fields: [.init(name: "tags", list: ListForm(separator: "|", maximum: 5))],
        label: LabelRule(column: "y"),
        columns: ColumnForm(separators: [","], header: .present, quoted: true)),
      header: "y,tags"
    ) { "\($0 % 2),\(lists[$0])" }
    let path = try write(text(table, 0..<lists.count), "rows", folder)
    var preparation = Preparation(inputs: [path], output: folder.path("data"), schema: table.schema)
    preparation.minimumCount = 2
    let manifest = try preparation.run()
    // In two rows and more: "a long name", "b", "c"; an id is shared by all others.
    #expect(manifest.fieldSizes == [4])
    let tokens = try Dataset(folder: folder.path("data")).vocabulary().tokens(of: 0)
    let counts = tokens.map { "\(String(decoding: $0.token, as: UTF8.self)): \($0.count)" }
    #expect(counts.sorted() == ["a long name: 2", "b: 4", "c: 2"])
  }

  @Test func closedFieldsRefuseWhatTheyDoNotKnow() throws {
    let folder = try TemporaryFolder()
    let table = Self.cases[1]
    let path = try write(text(table, 0..<100), "rows", folder)
    let manifest = try prepare(table, [path], folder.path("data"))
    #expect(manifest.fieldSizes == [Set((0..<100).map { $0 * $0 % 37 }).count, 53])
    let vocabulary = try Dataset(folder: folder.path("data")).vocabulary()
    let new = try write("1::1000::3::0\n4::999::3::0\n", "new", folder)
    let reader = RawRowReader(vocabulary: vocabulary, inputs: [new], classes: 5)
    let rows = SliceRows(capacity: 10, columnCount: 2)
    let error = try #require(throws: DataError.self) { try reader.next(into: rows) }
    #expect(error.place == "\(new):2" && error.problem.contains("movieId"), "\(error)")
    #expect(error.remedy.contains("--min-count"))
  }

  /// Nothing is listed, so memory and vocabulary are empty whatever the values are.
  @Test func hashedTablesHaveNoVocabulary() throws {
    let folder = try TemporaryFolder()
    var table = Self.cases[0]
    table.schema = table.schema.hashed(into: 1000)
    let path = try write(text(table, 0..<500), "rows", folder)
    let manifest = try prepare(table, [path], folder.path("data"))
    #expect(manifest.fieldSizes == Array(repeating: 1000, count: 22))
    #expect(manifest.vocabulary.rows == 0)
    let vocabulary = try Dataset(folder: folder.path("data")).vocabulary()
    #expect((0..<22).allSatisfy { vocabulary.tokens(of: $0).isEmpty })
    // An unseen value has an id like any other.
    let values = Array(repeating: "never seen", count: 22).joined(separator: ",")
    let new = try write("\(table.header ?? "")\n1,0,\(values)\n", "new", folder)
    let rows = SliceRows(capacity: 10, columnCount: 22)
    #expect(try RawRowReader(vocabulary: vocabulary, inputs: [new]).next(into: rows))
    #expect((0..<22).allSatisfy { Int(rows.ids[$0]) / 1000 == $0 })
  }

  /// Buckets are filled evenly, and stay where they are from release to release.
  @Test func hashesAreSpread() {
    var counts = [Int](repeating: 0, count: 16)
    for number in 0..<16_000 {
      let bytes = Array("user \(number)".utf8)
      counts[Int(ValueHash.bucket(of: bytes, among: 16))] += 1
      counts[Int(ValueHash.bucket(of: 0x08 << 56 | UInt64(number), among: 16))] += 1
    }
    #expect(counts.allSatisfy { (1800...2200).contains($0) }, "\(counts)")
    #expect(ValueHash.bucket(of: Array("a long value".utf8), among: 1_000_000) == Self.longBucket)
    #expect(ValueHash.bucket(of: ValueKey.empty, among: 1_000_000) == Self.emptyBucket)
  }

  private static let longBucket: UInt32 = 816_626
  private static let emptyBucket: UInt32 = 118_177
}

extension [String] {
  fileprivate func appending(_ lines: [String]) -> String {
    (self + lines).joined(separator: "\n") + "\n"
  }
}
