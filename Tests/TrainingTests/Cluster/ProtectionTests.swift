import Foundation
import TestSupport
import Testing
import Transport

@testable import Training

@Suite struct ProtectionTests {
  @Test func withoutKeysConnectionsArePlain() throws {
    var cluster = RunConfiguration.Cluster()
    let plain = try Protection.coordinator(cluster)
    #expect(plain.options.security == .plain && !plain.options.allowInsecure)
    #expect(plain.warning(try Endpoint("tcp://127.0.0.1:1")) == nil)
    cluster.insecure = true
    let insecure = try Protection.coordinator(cluster)
    #expect(insecure.options.allowInsecure)
    #expect(insecure.warning(try Endpoint("tcp://127.0.0.1:1")) == nil)
    #expect(insecure.warning(try Endpoint("tcp://10.0.0.1:1"))?.hasPrefix("WARNING: ") == true)
    let worker = try Protection.worker(WorkerKeys(allowInsecure: true), connectSeconds: 600)
    #expect(worker.warning(try Endpoint("tcp://10.0.0.1:1"))?.hasPrefix("WARNING: ") == true)
    #expect(worker.options.admissionMilliseconds == 30_000)
    let hasty = try Protection.worker(WorkerKeys(), connectSeconds: 2)
    #expect(hasty.options.admissionMilliseconds == 2000)
    // Who is refused without keys is not told that it has connections.
    #expect(hasty.warning(try Endpoint("tcp://10.0.0.1:1")) == nil)
  }

  /// A probe beside the coordinator has its folder, a person's machine a worker's part of it.
  @Test func whoAsksTakesTheKeyThatIsThere() throws {
    let temporary = try TemporaryFolder()
    let keys = KeyFolder(temporary.url.path)
    _ = try keys.generate(workers: 2)
    func key(_ name: String?) throws -> PublicKey? {
      let protection = try Protection.caller(WorkerKeys(folder: keys.path, name: name))
      guard case .connecting(let pair, _) = protection.options.security else { return nil }
      return pair.publicKey
    }
    #expect(try key(nil) == keys.publicKey(KeyFolder.coordinator))
    #expect(try key("worker-2") == keys.pair("worker-2").publicKey)
    try FileManager.default.removeItem(atPath: "\(keys.path)/coordinator.key")
    #expect(throws: KeyError.self) { try key(nil) }
    try FileManager.default.removeItem(atPath: "\(keys.path)/worker-2.key")
    #expect(try key(nil) == keys.pair("worker-1").publicKey)
  }

  @Test func aFolderOfKeysServesBothSides() throws {
    let temporary = try TemporaryFolder()
    let keys = KeyFolder(temporary.url.path)
    _ = try keys.generate(workers: 2)
    var cluster = RunConfiguration.Cluster()
    cluster.keys = keys.path
    let coordinator = try Protection.coordinator(cluster)
    #expect(coordinator.options.security == .listening(try keys.pair("coordinator")))
    #expect(coordinator.allowList?.count == 3)
    #expect(coordinator.warning(try Endpoint("tcp://10.0.0.1:1")) == nil)
    let worker = try Protection.worker(
      WorkerKeys(folder: keys.path, name: "worker-2"), connectSeconds: 1)
    #expect(
      worker.options.security
        == .connecting(try keys.pair("worker-2"), to: try keys.publicKey("coordinator")))
    #expect(worker.allowList == nil)
    #expect(throws: KeyError.self) {
      try Protection.worker(WorkerKeys(folder: keys.path), connectSeconds: 1)
    }
    _ = try coordinator.context()
  }
}
