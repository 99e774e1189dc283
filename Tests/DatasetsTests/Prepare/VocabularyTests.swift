import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct VocabularyTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func idsFollowCountThenBytes() {
    let category = { (text: String) in ValueKey.category(Array(text.utf8)) ?? 0 }
    let vocabulary = FieldVocabulary(
      short: [
        (category("00000002"), 5), (category("b"), 5), (category("00000001"), 5),
        (category(""), 9), (category("zz"), 1),
      ],
      long: [(Self.bytes("a long value"), 5)])
    let tokens = vocabulary.keys.map { String(decoding: vocabulary.token($0), as: UTF8.self) }
    #expect(tokens == ["", "00000001", "00000002", "a long value", "b", "zz"])
    #expect(vocabulary.counts == [9, 5, 5, 5, 5, 1])
    #expect(TableSchema.Field(name: "x").size(of: vocabulary) == 7)
  }

  @Test func writtenFileIsReadBack() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(500), groupRows: 64, in: folder)
    let vocabulary = try dataset.vocabulary()
    #expect(vocabulary.fieldSizes == dataset.fieldSizes)
    let written = try vocabulary.write(to: folder.path("again.tsv"))
    #expect(written.sha256 == dataset.manifest.vocabulary.sha256)
    #expect(try SHA256.file(folder.path("again.tsv")) == written.sha256)
    let again = try Vocabulary(file: MappedFile(path: folder.path("again.tsv")), schema: .criteo)
    #expect(again == vocabulary)
  }

  @Test(arguments: [
    ("# autoloss vocabulary 2\n", 1, "first line"),
    ("", 0, "first line"),
    ("# autoloss vocabulary 1\nI1\t3\n", 2, "three columns"),
    ("# autoloss vocabulary 1\nI1\tx\t3\n", 2, "does not fit"),
    ("# autoloss vocabulary 1\nI1\t03\t3\n", 2, "does not fit"),
    ("# autoloss vocabulary 1\nI1\t3\t-3\n", 2, "not a number"),
    ("# autoloss vocabulary 1\nC1\ta\t3\nI1\t1\t3\n", 3, "out of order"),
    ("# autoloss vocabulary 1\nX1\ta\t3\n", 2, "unknown"),
    ("# autoloss vocabulary 1\nC1\ta\t3\nC1\ta\t3\n", 3, "twice"),
  ])
  func brokenFilesAreRefused(_ text: String, _ line: Int, _ problem: String) throws {
    let error = try #require(throws: DataError.self) {
      try Vocabulary(
        file: MappedFile(contents: Self.bytes(text), path: "v.tsv"), schema: .criteo)
    }
    #expect(error.place == "v.tsv:\(line)")
    #expect(error.problem.contains(problem))
  }

  @Test func mutatedFilesNeverCrash() throws {
    let folder = try TemporaryFolder()
    let dataset = try SampleTable.dataset(SampleTable.lines(100), groupRows: 64, in: folder)
    _ = try dataset.vocabulary()
    let good = Array(
      try Data(contentsOf: URL(fileURLWithPath: folder.path("data/vocabulary.tsv"))))
    for trial in 0..<2000 {
      let file = MappedFile(contents: mutate(good, trial: trial), path: "v")
      _ = try? Vocabulary(file: file, schema: .criteo)
    }
  }
}
