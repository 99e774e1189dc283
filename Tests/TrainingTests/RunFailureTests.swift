import Foundation
import Messages
import Testing

@testable import Training

@Suite struct RunFailureTests {
  private static let first = FirstFailure(
    role: "worker", name: "3f2a9c01", time: "2026-01-31T12:03:04Z", step: 1, sentence: "torn")

  @Test func theFolderKeepsItUntilTheNextStart() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = RunFolder(url)
    try folder.forgetFailure()
    let end = Failure("too few are left", remedy: "start more", exitCode: .unavailable)
    try folder.record(RunFailure(end, first: Self.first))
    let data = try Data(contentsOf: folder.failure)
    let record = try JSONDecoder().decode(FailureRecord.self, from: data)
    #expect(record == FailureRecord(first: Self.first, end: "too few are left"))
    try folder.forgetFailure()
    #expect(!FileManager.default.fileExists(atPath: folder.failure.path))
  }

  @Test func otherErrorsAreToldAsTheyTellThemselves() {
    struct Odd: Error, CustomStringConvertible { let description = "odd" }
    #expect(RunFailure(Odd(), first: Self.first).sentence == "odd")
  }
}
