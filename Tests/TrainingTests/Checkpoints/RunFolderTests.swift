import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct RunFolderTests {
  private func folder(_ temporary: TemporaryFolder) throws -> RunFolder {
    let folder = RunFolder(temporary.url.appendingPathComponent("run"))
    try folder.create()
    return folder
  }

  @Test(arguments: [
    (0, "step-000000000"), (42, "step-000000042"), (1_234_567_890, "step-1234567890"),
  ])
  func checkpointsSortByName(step: Int, name: String) throws {
    let temporary = try TemporaryFolder()
    #expect(try folder(temporary).checkpoint(step: step).lastPathComponent == name)
  }

  @Test func onlyWholeNamesAreCheckpoints() throws {
    let temporary = try TemporaryFolder()
    let folder = try folder(temporary)
    #expect(folder.checkpointSteps() == [])
    for name in [
      "step-000000120", "step-000000007", "step-000000130.tmp", "step-", "step-x", "latest",
    ] {
      try FileManager.default.createDirectory(
        at: folder.checkpoints.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    #expect(folder.checkpointSteps() == [7, 120])
  }

  @Test(arguments: RunFolder.Pointer.allCases)
  func pointersAreSetReplacedAndRemoved(pointer: RunFolder.Pointer) throws {
    let temporary = try TemporaryFolder()
    let folder = try folder(temporary)
    #expect(folder.step(of: pointer) == nil)
    try folder.remove(pointer)
    for step in [3, 12] {
      try folder.set(pointer, toStep: step)
      #expect(folder.step(of: pointer) == step)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.checkpoints.path)
    #expect(names == [pointer.rawValue])
    try folder.remove(pointer)
    #expect(folder.step(of: pointer) == nil)
  }

  @Test(arguments: ["", "12", "step-", "step-twelve", "../step-12"])
  func whatIsNoPointerNamesNothing(text: String) throws {
    let temporary = try TemporaryFolder()
    let folder = try folder(temporary)
    try Data(text.utf8).write(to: folder.checkpoints.appendingPathComponent("latest"))
    #expect(folder.step(of: .latest) == nil)
  }

  @Test func aFolderThatCannotBeCreatedIsExplained() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: temporary.url.appendingPathComponent("file"))
    let folder = RunFolder(temporary.url.appendingPathComponent("file/run"))
    let error = #expect(throws: Failure.self) { try folder.create() }
    #expect(error?.exitCode == .cannotCreate)
    #expect(error?.place == folder.url.path)
  }

  @Test func aRunIsThereOnceItHasItsConfiguration() throws {
    let temporary = try TemporaryFolder()
    let folder = try folder(temporary)
    #expect(!folder.isUsed)
    try writeDurably(Data("a: 1\n".utf8), to: folder.configuration)
    #expect(folder.isUsed)
  }
}
