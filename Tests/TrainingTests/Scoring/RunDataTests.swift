import Datasets
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct RunDataTests {
  @Test func describesTheDataOfTheRun() throws {
    let fixture = try RunFixture(rows: 400)
    let setup = try RunSetup(fixture.configuration())
    let folder = setup.checkpoints.folder
    try folder.create()
    try RunData.save(setup.dataset, to: folder)
    let data = try RunData.load(from: folder)
    #expect(data.schema == "criteo")
    #expect(data.fieldSizes == setup.dataset.fieldSizes)
    #expect(data.dataHash == setup.dataset.manifest.dataHash)
    #expect(data.vocabularyHash == setup.dataset.manifest.vocabulary.sha256)
    let name = setup.dataset.manifest.vocabulary.name
    let original = try Data(contentsOf: URL(fileURLWithPath: "\(fixture.data)/\(name)"))
    #expect(try Data(contentsOf: folder.vocabulary) == original)
  }

  /// The form of raw rows is the one of a known name, or the one that the run keeps.
  @Test func rawRowsHaveAKnownForm() throws {
    let url = URL(fileURLWithPath: "/run/data.json")
    var data = RunData(
      schema: "avazu", fieldSizes: [], dataHash: "", vocabularyHash: "")
    #expect(try data.tableSchema(at: url) == .avazu)
    data.table = .movieLens(classes: 5)
    let written = try JSONEncoder().encode(data)
    let read = try JSONDecoder().decode(RunData.self, from: written)
    #expect(try read.tableSchema(at: url) == .movieLens(classes: 5))
    data.table?.fields = []
    let impossible = #expect(throws: Failure.self) { try data.tableSchema(at: url) }
    #expect(impossible?.exitCode == .badData)
    (data.table, data.schema) = (nil, "of the future")
    let unknown = #expect(throws: Failure.self) { try data.tableSchema(at: url) }
    #expect(unknown?.what.contains("of the future") == true && unknown?.place == url.path)
  }

  @Test func aFolderWithoutARunIsExplained() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url)
    let absent = #expect(throws: Failure.self) { try RunData.load(from: folder) }
    #expect(absent?.exitCode == .missingInput)
    try Data("{".utf8).write(to: folder.dataDescription)
    let damaged = #expect(throws: Failure.self) { try RunData.load(from: folder) }
    #expect(damaged?.exitCode == .badData)
    #expect(damaged?.place == folder.dataDescription.path)
  }
}
