import Foundation
import Testing

/// Runs whose steps may be computed from old parameters: not the same model twice, but each example
/// once, and parameters no older than allowed.
@Suite(.serialized) struct OldParametersTests {
  @Test(arguments: [("bounded", 2, 0), ("bounded", 1, 2), ("async", 64, 0)])
  func eachExampleCountsOnceWhoeverDies(mode: String, most: Int, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let epochs = 30
      let cluster = try ProcessCluster(folder, epochs: epochs)
      let led = try cluster.coordinator(
        servers: servers, ["--mode", mode, "--staleness", "\(min(most, 2))"])
      let address = try cluster.address(of: led)
      let owners = try (0..<servers).map { _ in try cluster.server(at: address) }
      let victim = try cluster.worker(at: address)
      var others = [try cluster.worker(at: address)]
      _ = try led.line(with: "checkpoint saved")
      victim.send(SIGKILL)
      others.append(try cluster.worker(at: address))
      #expect(led.end() == 0, "\(led.errors)")
      try cluster.expectFullCoverage(epochs: epochs)
      let summary = try RawRows.object(led.output)
      let staleness = try #require(summary["staleness"] as? [String: Any])
      let seen = try #require(staleness["most"] as? Int)
      #expect(seen <= most, "parameters were \(seen) steps old")
      #expect((staleness["mean"] as? Double ?? -1) >= 0)
      for process in owners + others { #expect(process.end() == 0, "\(process.errors)") }
    }
  }

  @Test func anExactRunTellsNoAge() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce", epochs: 1)
      let led = try cluster.coordinator()
      let worker = try cluster.worker(at: try cluster.address(of: led))
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try RawRows.object(led.output)["staleness"] == nil)
      #expect(worker.end() == 0, "\(worker.errors)")
    }
  }
}
