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
