import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct FileLockTests {
  @Test func oneHolderAtATime() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("lock")
    var first = try FileLock(path: path, holder: "the first of all holders")
    #expect(first != nil)
    #expect(try FileLock(path: path, holder: "second") == nil)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "the first of all holders")
    first?.release()
    let second = try FileLock(path: path, holder: "second")
    #expect(second != nil)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
    // One that is forgotten is as good as released.
    first = nil
    #expect(try FileLock(path: path, holder: "third") == nil)
    second?.release()
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    let error = try #require(throws: DataError.self) {
      try FileLock(path: "/nowhere/lock", holder: "")
    }
    #expect(error.kind == .exists)
    #expect(error.place == "/nowhere/lock")
  }
}
