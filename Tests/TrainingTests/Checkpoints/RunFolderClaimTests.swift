import Datasets
import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct RunFolderClaimTests {
  @Test func oneProcessWritesAtATime() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url.appendingPathComponent("run"))
    let lock = try folder.claim()
    let error = #expect(throws: Failure.self) { try folder.claim() }
    let holder = "process \(ProcessInfo.processInfo.processIdentifier) on "
    #expect(error?.what.hasPrefix(holder) == true, "\(error?.what ?? "")")
    #expect(error?.what.hasSuffix(" is writing this run folder") == true)
    #expect(error?.place == folder.url.path)
    #expect(error?.exitCode == .cannotCreate)
    lock.release()
    try folder.claim().release()
  }

  @Test func aFolderThatCannotBeCreatedIsExplained() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: temporary.url.appendingPathComponent("file"))
    let folder = RunFolder(temporary.url.appendingPathComponent("file/run"))
    let error = #expect(throws: Failure.self) { try folder.claim() }
    #expect(error?.exitCode == .cannotCreate)
  }

  @Test func whatWasNotFinishedIsRemovedAndNothingElse() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url)
    try folder.create()
    func write(_ name: String) throws {
      let url = folder.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
    let kept = ["notes.tmp", "config.resolved.yaml", "checkpoints/step-000000004/MANIFEST.json"]
    let unfinished = [
      "config.resolved.yaml.tmp", "job.json.tmp", "checkpoints/latest.tmp",
      "checkpoints/step-000000004.replaced", "checkpoints/step-000000006.tmp",
    ]
    for name in kept + unfinished.dropLast(2) { try write(name) }
    for name in unfinished.suffix(2) { try write("\(name)/model.safetensors") }
    var notices: [String] = []
    try folder.removeLeftovers { notices.append($0) }
    for name in kept + unfinished {
      let path = folder.url.appendingPathComponent(name).path
      #expect(FileManager.default.fileExists(atPath: path) == kept.contains(name), "\(name)")
    }
    #expect(notices.count == unfinished.count)
    for (notice, name) in zip(notices.sorted(), unfinished.sorted()) {
      #expect(notice.hasSuffix("/\(name)"), "\(notice)")
    }
    notices = []
    try folder.removeLeftovers { notices.append($0) }
    #expect(notices.isEmpty)
  }

  /// Killed between moving the old state aside and giving the new one its name.
  @Test func aStateThatWasMovedAsideComesBack() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.url)
    try folder.create()
    let aside = folder.checkpoints.appendingPathComponent("step-000000004.replaced")
    try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: true)
    var notices: [String] = []
    try folder.removeLeftovers { notices.append($0) }
    #expect(folder.checkpointSteps() == [4])
    #expect(!FileManager.default.fileExists(atPath: aside.path))
    #expect(notices.count == 1)
  }
}
