import Foundation
import Testing

@testable import Transport

@Suite struct KeyFolderTests {
  /// A folder that is gone afterwards.
  static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  static func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func whatIsGeneratedFitsTogether() throws {
    try Self.withFolder { folder in
      let keys = KeyFolder("\(folder)/keys")
      let names = try keys.generate(workers: 3)
      #expect(names == ["coordinator", "server", "worker-1", "worker-2", "worker-3"])
      for name in names {
        #expect(try Self.mode("\(keys.path)/\(name).key") == 0o600)
        #expect(try keys.permissions(name) == ("600", true))
      }
      #expect(try Self.mode(keys.path) == 0o700)
      let allowed = try keys.allowed()
      #expect(allowed.map(\.name) == ["server", "worker-1", "worker-2", "worker-3"])
      for (name, key) in allowed { #expect(try keys.pair(name).publicKey == key) }
      #expect(try keys.publicKey("coordinator") == keys.pair("coordinator").publicKey)
      #expect(try keys.publicKey("server") == keys.pair("server").publicKey)
      #expect(Set(allowed.map(\.key)).count == 4)
    }
  }

  @Test func listsWhatIsThereWithoutAnySecret() throws {
    try Self.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      try FileManager.default.removeItem(atPath: "\(folder)/server.key")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: "\(folder)/coordinator.key")
      let entries = try keys.entries()
      #expect(entries.map(\.name) == ["coordinator", "server", "worker"])
      #expect(entries.map(\.secretMode) == ["644", nil, "600"])
      #expect(entries.map(\.isPrivate) == [false, true, true])
      #expect(entries.map(\.isAllowed) == [false, true, true])
      #expect(entries[2].publicKey == (try keys.pair("worker").publicKey))
      #expect(entries[0].publicKey == (try keys.publicKey("coordinator")))
    }
  }

  @Test func nothingIsWrittenOver() throws {
    try Self.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      let before = try keys.pair("worker")
      for attempt in [{ try keys.generate(workers: 1) }, { try keys.add("worker") }] {
        let error = #expect(throws: KeyError.self) { try attempt() }
        #expect(error?.kind == .exists)
      }
      #expect(try keys.pair("worker") == before)
      #expect(try keys.add("late") == ["late"])
      #expect(try keys.allowed().map(\.name) == ["late", "server", "worker"])
    }
  }

  @Test(arguments: ["", ".hidden", "a/b", "..", "ö", String(repeating: "a", count: 65)])
  func aNameIsNoPath(name: String) throws {
    try Self.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      #expect(throws: KeyError.self) { try keys.add(name) }
      #expect(throws: KeyError.self) { try keys.workerName(name) }
    }
  }

  @Test(arguments: [0o604, 0o660, 0o644, 0o777])
  func aSecretThatOthersCanReadIsRefused(mode: Int) throws {
    try Self.withFolder { folder in
      let keys = KeyFolder(folder)
      _ = try keys.generate(workers: 1)
      let path = "\(folder)/worker.key"
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let error = #expect(throws: KeyError.self) { try keys.pair("worker") }
      #expect(error?.kind == .exposed)
      #expect(error?.remedy.contains("chmod 600 \(path)") == true)
      #expect(try keys.permissions("worker").isPrivate == false)
      #expect(throws: Never.self) { try keys.pair("coordinator") }
    }
  }

  @Test func orchestratorsMayShareASecretWithAGroup() {
    func isPrivate(_ mode: UInt32, owner: UInt32) -> Bool {
      SmallFile.Content(bytes: [], mode: mode, owner: owner).isPrivate
    }
    #expect(isPrivate(0o440, owner: 0))
    #expect(!isPrivate(0o440, owner: 1000))
    #expect(!isPrivate(0o460, owner: 0))
    #expect(!isPrivate(0o444, owner: 0))
    #expect(isPrivate(0o400, owner: 1000))
  }

  @Test func aWorkerTakesTheOnlyKeyThatItHas() throws {
    try Self.withFolder { folder in
      let all = KeyFolder("\(folder)/all")
      _ = try all.generate(workers: 2)
      let error = #expect(throws: KeyError.self) { try all.workerName(nil) }
      #expect(error?.what.contains("worker-1, worker-2") == true)
      #expect(try all.workerName("worker-2") == "worker-2")
      let part = KeyFolder("\(folder)/part")
      try FileManager.default.createDirectory(
        atPath: part.path, withIntermediateDirectories: true)
      #expect(throws: KeyError.self) { try part.workerName(nil) }
      for file in ["worker-2.key", "coordinator.pub"] {
        try FileManager.default.copyItem(
          atPath: "\(all.path)/\(file)", toPath: "\(part.path)/\(file)")
      }
      let name = try part.workerName(nil)
      let security = try Security.connecting(as: name, keys: part)
      #expect(
        security == .connecting(try all.pair("worker-2"), to: try all.publicKey("coordinator")))
    }
  }

  @Test func whatIsNotThereOrNoFileIsExplained() throws {
    try Self.withFolder { folder in
      let keys = KeyFolder(folder)
      #expect(throws: KeyError.self) { try keys.allowed() }
      let missing = #expect(throws: KeyError.self) { try keys.pair("worker") }
      #expect(missing?.kind == .missing)
      try FileManager.default.createDirectory(
        atPath: "\(folder)/worker.key", withIntermediateDirectories: true)
      let folderError = #expect(throws: KeyError.self) { try keys.pair("worker") }
      #expect(folderError?.kind == .malformed)
      #expect("\(folderError ?? missing as Any)".contains(folder))
    }
  }
}
