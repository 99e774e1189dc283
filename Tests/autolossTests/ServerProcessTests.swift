import Foundation
import Testing

/// Servers as processes of their own on loopback: the model is that of `train`, whoever owns the
/// parameters and whoever dies on the way.
@Suite(.serialized) struct ServerProcessTests {
  @Test(arguments: [(1, 2), (3, 1)])
  func anyNumberOfServersGivesTheSameModel(servers: Int, workers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(servers: servers)
      let address = try cluster.address(of: led)
      let owners = try (0..<servers).map { _ in try cluster.server(at: address) }
      let others = try (0..<workers).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      #expect(led.errors.contains("every example counted once"))
      for process in owners + others { #expect(process.end() == 0, "\(process.errors)") }
      let summary = try RawRows.object(owners[0].output)
      #expect(summary["outcome"] as? String == "done")
      #expect(summary["steps"] as? Int == 10)
    }
  }

  @Test func keysProtectServersAsWell() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce")
      let expected = try cluster.checksumAlone()
      let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let keys = ["--keys", "keys"]
      let led = try cluster.coordinator(servers: 2, keys)
      let address = try cluster.address(of: led)
      // Without keys nobody gets in, and the run goes on.
      let stranger = try cluster.server(at: address, ["--connect-timeout", "1"])
      #expect(stranger.end() == 77, "\(stranger.errors)")
      let servers = try (0..<2).map { _ in try cluster.server(at: address, keys) }
      let worker = try cluster.worker(at: address, keys)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func aKilledServerIsReplacedAndTheModelIsTheSame() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, epochs: 60)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(servers: 2)
      let address = try cluster.address(of: led)
      let victim = try cluster.server(at: address)
      let servers = try (0..<2).map { _ in try cluster.server(at: address) }
      let worker = try cluster.worker(at: address)
      _ = try led.line(with: "checkpoint saved")
      victim.send(SIGKILL)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      try cluster.expectFullCoverage(epochs: 60)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  /// A worker that is gone for good is not waited for once more when a server is lost after it.
  @Test func aLostServerDoesNotBringALostWorkerBack() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, epochs: 60)
      let expected = try cluster.checksumAlone()
      let patience = ["--set", "cluster.quorumSeconds=20"]
      let led = try cluster.coordinator(workers: 2, servers: 2, patience)
      let address = try cluster.address(of: led)
      let victim = try cluster.server(at: address)
      let servers = try (0..<2).map { _ in try cluster.server(at: address) }
      let (lost, worker) = (try cluster.worker(at: address), try cluster.worker(at: address))
      _ = try led.line(with: "checkpoint saved")
      lost.send(SIGKILL)
      _ = try led.line(with: "was lost")
      victim.send(SIGKILL)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      try cluster.expectFullCoverage(epochs: 60)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
      _ = (lost.end(), victim.end())
    }
  }

  @Test func aKilledCoordinatorComesBackToItsServers() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, epochs: 60)
      let expected = try cluster.checksumAlone()
      let first = try cluster.coordinator(servers: 2)
      let address = try cluster.address(of: first)
      let servers = try (0..<2).map { _ in try cluster.server(at: address) }
      let worker = try cluster.worker(at: address)
      _ = try first.line(with: "checkpoint saved")
      first.send(SIGKILL)
      _ = first.end()
      let second = try cluster.coordinator(servers: 2, at: address, ["--resume", "auto"])
      #expect(second.end() == 0, "\(second.errors)")
      #expect(second.errors.contains("run resumed"))
      #expect(try cluster.checksum(second.output) == expected)
      try cluster.expectFullCoverage(epochs: 60)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func aRunGoesOnWithAnotherNumberOfServers() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce", epochs: 40)
      let expected = try cluster.checksumAlone()
      let first = try cluster.coordinator(servers: 3)
      let address = try cluster.address(of: first)
      let three = try (0..<3).map { _ in try cluster.server(at: address) }
      let worker = try cluster.worker(at: address)
      _ = try first.line(with: "checkpoint saved")
      first.send(SIGTERM)
      #expect(first.end() == 75, "\(first.errors)")
      for process in three + [worker] { #expect(process.end() == 75, "\(process.errors)") }
      let second = try cluster.coordinator(servers: 1, ["--resume", "auto"])
      let place = try cluster.address(of: second)
      let others = [try cluster.server(at: place), try cluster.worker(at: place)]
      #expect(second.end() == 0, "\(second.errors)")
      #expect(try cluster.checksum(second.output) == expected)
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func serversThatDoNotComeEndTheRunWithAReason() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder)
      let led = try cluster.coordinator(servers: 2, ["--set", "cluster.quorumSeconds=1"])
      let server = try cluster.server(at: cluster.address(of: led))
      #expect(led.end() == 69)
      #expect(led.errors.contains("the run still waits for "), "\(led.errors)")
      _ = server.end()
    }
  }
}
