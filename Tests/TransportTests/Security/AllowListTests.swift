import Foundation
import Testing

@testable import Transport

@Suite struct AllowListTests {
  @Test func aFixedListNeverChanges() throws {
    let pairs = try (0..<2).map { _ in try KeyPair.generate() }
    let list = AllowList([pairs[0].publicKey])
    #expect(list.name(of: pairs[0].publicKey, atMilliseconds: 5) != nil)
    #expect(list.name(of: pairs[1].publicKey, atMilliseconds: 100_000) == nil)
  }

  @Test func addedAndRemovedKeysCountWithoutARestart() throws {
    try KeyFolderTests.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      let list = try AllowList(of: keys)
      let worker = try keys.pair("worker").publicKey
      #expect(list.name(of: worker, atMilliseconds: 50_000) == "worker")
      _ = try keys.add("late")
      let late = try keys.pair("late").publicKey
      // It was read just now, so it is not read again at once.
      #expect(list.name(of: late, atMilliseconds: 50_999) == nil)
      #expect(list.name(of: late, atMilliseconds: 51_000) == "late")
      try FileManager.default.removeItem(atPath: "\(folder)/allowed/worker.pub")
      #expect(list.name(of: worker, atMilliseconds: 51_500) == "worker")
      #expect(list.name(of: worker, atMilliseconds: 61_000) == nil)
      // The coordinator's own key asks the coordinator, and needs no place in the folder.
      let own = try keys.publicKey(KeyFolder.coordinator)
      #expect(list.name(of: own, atMilliseconds: 61_001) == KeyFolder.coordinator)
    }
  }

  @Test func aDamagedFileChangesNothingAndIsTold() throws {
    try KeyFolderTests.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      let list = try AllowList(of: keys)
      let worker = try keys.pair("worker").publicKey
      try Data("half a fi".utf8).write(to: URL(filePath: "\(folder)/allowed/a.pub"))
      #expect(list.name(of: worker, atMilliseconds: 1) == "worker")
      #expect(list.takeProblem()?.contains("allowed/a.pub") == true)
      #expect(list.takeProblem() == nil)
      #expect(throws: KeyError.self) { try AllowList(of: keys) }
    }
  }
}
