import Foundation
import Testing

/// `search.controllerDelay` in clusters: the controller moves as in one process, whoever computes,
/// stops or dies in between.
@Suite(.serialized) struct ControllerDelayProcessTests {
  /// An update that looks ahead is not delayed.
  private static let settings = [
    "search.controllerDelay=3", "search.virtualStep=0", "search.upper=paper",
  ].flatMap { ["--set", $0] }

  private func cluster(_ folder: URL, epochs: Int = 2) throws -> ProcessCluster {
    try ProcessCluster(folder, epochs: epochs, Self.settings)
  }

  @Test(arguments: [(0, 2), (2, 1)])
  func anyClusterGivesTheSameModel(servers: Int, workers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try cluster(folder, epochs: 4)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: workers, servers: servers)
      let address = try cluster.address(of: led)
      let owners = try (0..<servers).map { _ in try cluster.server(at: address) }
      let others = try (0..<workers).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for process in owners + others { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  /// Ends at the beginning and at the end of the window behind step 7, and goes on with another
  /// cluster.
  @Test(arguments: [(8, 2), (10, 0)])
  func aRunThatEndedInTheWindowGoesOn(steps: Int, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try cluster(folder, epochs: 4)
      let expected = try cluster.checksumAlone()
      var output = ""
      for (count, more) in [(servers, ["--max-steps", "\(steps)"]), (0, ["--resume", "auto"])] {
        let led = try cluster.coordinator(servers: count, more)
        let address = try cluster.address(of: led)
        let owners = try (0..<count).map { _ in try cluster.server(at: address) }
        let worker = try cluster.worker(at: address)
        #expect(led.end() == 0, "\(led.errors)")
        for process in owners + [worker] { #expect(process.end() == 0, "\(process.errors)") }
        output = led.output
      }
      #expect(try cluster.checksum(output) == expected)
      let verified = try CommandLineTool.run(["verify", "led"], in: folder)
      #expect(verified.exitCode == 0, "\(verified.errors)")
    }
  }

  @Test(arguments: [(SIGTERM, 0), (SIGKILL, 2)])
  func aCoordinatorThatEndsSomewhereGoesOnToTheSameModel(signal: Int32, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try cluster(folder, epochs: 40)
      let expected = try cluster.checksumAlone()
      let first = try cluster.coordinator(servers: servers)
      let address = try cluster.address(of: first)
      var others = try (0..<servers).map { _ in try cluster.server(at: address) }
      others.append(try cluster.worker(at: address))
      _ = try first.line(with: "checkpoint saved")
      first.send(signal)
      #expect(first.end() == (signal == SIGTERM ? 75 : SIGKILL), "\(first.errors)")
      let second = try cluster.coordinator(servers: servers, at: address, ["--resume", "auto"])
      if signal == SIGTERM { others.append(try cluster.worker(at: address)) }
      #expect(second.end() == 0, "\(second.errors)")
      #expect(second.errors.contains("run resumed"))
      #expect(try cluster.checksum(second.output) == expected)
      try cluster.expectFullCoverage(epochs: 40)
      let codes = others.map { $0.end() }
      #expect(Set(codes).isSubset(of: signal == SIGTERM ? [0, 75] : [0]), "\(codes)")
    }
  }
}
