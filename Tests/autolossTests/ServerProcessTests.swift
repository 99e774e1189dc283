import Foundation
import Testing

/// Servers as processes of their own on loopback: the model is that of `train`, whoever owns the
/// parameters and whoever dies on the way.
@Suite(.serialized) struct ServerProcessTests {
  /// A run of `epochs` times five steps whose parameters servers own.
  private struct Fleet {
    let folder: URL
    let options: [String]

    init(_ folder: URL, loss: String = "autoloss", epochs: Int = 2) throws {
      self.folder = folder
      let prepared = try RawRows.prepare(in: folder)
      #expect(prepared.exitCode == 0, "\(prepared.errors)")
      options = [
        "--data", "data", "--batch-size", "100", "--loss", loss, "--epochs", "\(epochs)",
        "--set", "train.patience=0", "--set", "model.hidden=[16,8]", "--json",
      ]
    }

    func checksumAlone() throws -> String {
      let result = try CommandLineTool.run(["train", "--out", "alone"] + options, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      return try checksum(result.output)
    }

    func checksum(_ output: String) throws -> String {
      try #require(try RawRows.object(output)["checksum"] as? String)
    }

    func coordinator(
      servers: Int, at address: String = "tcp://127.0.0.1:0", _ more: [String] = []
    ) throws -> LivingProcess {
      try LivingProcess(
        ["coordinator", "--out", "led", "--listen", address, "--servers", "\(servers)"]
          + options + more, in: folder)
    }

    func address(of coordinator: LivingProcess) throws -> String {
      let line = try coordinator.line(with: "listening on ")
      return try #require(line.split(separator: " ").last.map(String.init))
    }

    func server(_ address: String, _ more: [String] = []) throws -> LivingProcess {
      try LivingProcess(
        ["server", "--coordinator", address, "--threads", "1", "--json"] + more, in: folder)
    }

    func worker(_ address: String, _ more: [String] = []) throws -> LivingProcess {
      try LivingProcess(
        ["worker", "--coordinator", address, "--data", "data", "--threads", "1", "--json"] + more,
        in: folder)
    }
  }

  @Test(arguments: [(1, 2), (3, 1)])
  func anyNumberOfServersGivesTheSameModel(servers: Int, workers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder)
      let expected = try fleet.checksumAlone()
      let led = try fleet.coordinator(servers: servers)
      let address = try fleet.address(of: led)
      let owners = try (0..<servers).map { _ in try fleet.server(address) }
      let others = try (0..<workers).map { _ in try fleet.worker(address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try fleet.checksum(led.output) == expected)
      #expect(led.errors.contains("every example counted once"))
      for process in owners + others { #expect(process.end() == 0, "\(process.errors)") }
      let summary = try RawRows.object(owners[0].output)
      #expect(summary["outcome"] as? String == "done")
      #expect(summary["steps"] as? Int == 10)
    }
  }

  @Test func keysProtectServersAsWell() throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder, loss: "fixed:ce")
      let expected = try fleet.checksumAlone()
      let made = try CommandLineTool.run(["keys", "generate", "--out", "keys"], in: folder)
      #expect(made.exitCode == 0, "\(made.errors)")
      let keys = ["--keys", "keys"]
      let led = try fleet.coordinator(servers: 2, keys)
      let address = try fleet.address(of: led)
      // Without keys nobody gets in, and the run goes on.
      let stranger = try fleet.server(address, ["--connect-timeout", "1"])
      #expect(stranger.end() == 77, "\(stranger.errors)")
      let servers = try (0..<2).map { _ in try fleet.server(address, keys) }
      let worker = try fleet.worker(address, keys)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try fleet.checksum(led.output) == expected)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func aKilledServerIsReplacedAndTheModelIsTheSame() throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder, epochs: 60)
      let expected = try fleet.checksumAlone()
      let led = try fleet.coordinator(servers: 2)
      let address = try fleet.address(of: led)
      let victim = try fleet.server(address)
      let servers = try (0..<2).map { _ in try fleet.server(address) }
      let worker = try fleet.worker(address)
      _ = try led.line(with: "checkpoint saved")
      victim.send(SIGKILL)
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try fleet.checksum(led.output) == expected)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func aKilledCoordinatorComesBackToItsServers() throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder, epochs: 60)
      let expected = try fleet.checksumAlone()
      let first = try fleet.coordinator(servers: 2)
      let address = try fleet.address(of: first)
      let servers = try (0..<2).map { _ in try fleet.server(address) }
      let worker = try fleet.worker(address)
      _ = try first.line(with: "checkpoint saved")
      first.send(SIGKILL)
      _ = first.end()
      let second = try fleet.coordinator(servers: 2, at: address, ["--resume", "auto"])
      #expect(second.end() == 0, "\(second.errors)")
      #expect(second.errors.contains("run resumed"))
      #expect(try fleet.checksum(second.output) == expected)
      for process in servers + [worker] { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func aRunGoesOnWithAnotherNumberOfServers() throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder, loss: "fixed:ce", epochs: 40)
      let expected = try fleet.checksumAlone()
      let first = try fleet.coordinator(servers: 3)
      let address = try fleet.address(of: first)
      let three = try (0..<3).map { _ in try fleet.server(address) }
      let worker = try fleet.worker(address)
      _ = try first.line(with: "checkpoint saved")
      first.send(SIGTERM)
      #expect(first.end() == 75, "\(first.errors)")
      for process in three + [worker] { #expect(process.end() == 75, "\(process.errors)") }
      let second = try fleet.coordinator(servers: 1, ["--resume", "auto"])
      let place = try fleet.address(of: second)
      let others = [try fleet.server(place), try fleet.worker(place)]
      #expect(second.end() == 0, "\(second.errors)")
      #expect(try fleet.checksum(second.output) == expected)
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func serversThatDoNotComeEndTheRunWithAReason() throws {
    try CommandLineTool.withFolder { folder in
      let fleet = try Fleet(folder)
      let led = try fleet.coordinator(servers: 2, ["--set", "cluster.quorumSeconds=1"])
      let server = try fleet.server(try fleet.address(of: led))
      #expect(led.end() == 69)
      #expect(led.errors.contains("the run still waits for "), "\(led.errors)")
      _ = server.end()
    }
  }
}
