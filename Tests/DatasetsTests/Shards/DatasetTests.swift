import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DatasetTests {
  private func sample(in folder: TemporaryFolder) throws -> Dataset {
    try SampleTable.dataset(SampleTable.lines(400), groupRows: 32, in: folder)
  }

  @Test func preparedDataIsOpenedAndVerified() throws {
    let folder = try TemporaryFolder()
    let dataset = try sample(in: folder)
    #expect(dataset.manifest.rows == 400)
    #expect(dataset.manifest.fields.map(\.name).first == "I1")
    #expect(dataset.rowCount(of: .train) == 320)
    #expect(dataset.groupCount(of: .train) == 10)
    #expect(dataset.rowCount(ofGroup: 1, in: .validation) == 8)
    try dataset.verify(threads: 3)
  }

  @Test(arguments: ["train-00000.shard", "test-00000.shard", "vocabulary.tsv"])
  func damagedFilesAreRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    _ = try sample(in: folder)
    let url = URL(fileURLWithPath: folder.path("data/\(name)"))
    let good = Array(try Data(contentsOf: url))
    for trial in 0..<150 {
      let mutated = mutate(good, trial: trial)
      guard mutated != good else { continue }
      try Data(mutated).write(to: url)
      #expect(throws: DataError.self, "trial \(trial)") {
        try Dataset(folder: folder.path("data")).verify()
      }
    }
    try FileManager.default.removeItem(at: url)
    let error = try #require(throws: DataError.self) {
      try Dataset(folder: folder.path("data")).verify()
    }
    #expect(error.kind == .missing)
    #expect(error.place.hasSuffix(name))
  }

  @Test func mutatedShardsNeverCrash() throws {
    let folder = try TemporaryFolder()
    let dataset = try sample(in: folder)
    let good = Array(
      try Data(contentsOf: URL(fileURLWithPath: folder.path("data/train-00000.shard"))))
    let decoder = dataset.makeDecoder()
    for trial in 0..<3000 {
      let file = MappedFile(contents: mutate(good, trial: trial), path: "mutated")
      guard let shard = try? ShardFile(file: file, columnCount: 39, groupRows: 32) else { continue }
      for group in 0..<shard.groupCount { _ = try? shard.decode(group: group, with: decoder) }
    }
  }

  @Test func aFolderWithoutManifestIsNamed() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: DataError.self) {
      try Dataset(folder: folder.url.path)
    }
    #expect(error.kind == .missing)
    #expect(error.place.hasSuffix("manifest.json"))
  }
}
