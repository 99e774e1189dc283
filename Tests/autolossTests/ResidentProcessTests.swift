import Foundation
import Testing

/// A coordinator that computes beside its workers: the model is that of `train`.
@Suite(.serialized) struct ResidentProcessTests {
  @Test(arguments: ["fixed:ce", "autoloss"])
  func theModelIsThatOfOneProcess(loss: String) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: loss, epochs: 20)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: 2, ["--compute-threads", "1"])
      let address = try cluster.address(of: led)
      let workers = try (0..<2).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      #expect(led.errors.contains("this process computes as worker "), "\(led.errors)")
      try cluster.expectFullCoverage(epochs: 20)
      var slices = 0
      for worker in workers {
        #expect(worker.end() == 0, "\(worker.errors)")
        slices += try RawRows.object(worker.output)["slices"] as? Int ?? 0
      }
      // On a busy machine it may be done before the workers' rows have come.
      #expect(slices < 20 * 5 * 4, "the coordinator takes part")
    }
  }

  /// Its worker is killed, and what it held is computed by the coordinator itself; then the run is
  /// stopped and goes on as another cluster.
  @Test func itGoesOnWithoutItsWorkers() throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, epochs: 40)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: 1, ["--compute-threads", "2"])
      let address = try cluster.address(of: led)
      let worker = try cluster.worker(at: address)
      _ = try led.line(with: "checkpoint saved")
      worker.send(SIGKILL)
      let status = try CommandLineTool.run(["status", "--coordinator", address], in: folder)
      #expect(status.exitCode == 0, "\(status.errors)")
      _ = try led.line(with: "was lost")
      led.send(SIGTERM)
      #expect(led.end() == 75, "\(led.errors)")
      let again = try cluster.coordinator(workers: 1, ["--resume", "auto"])
      let other = try cluster.worker(at: try cluster.address(of: again))
      #expect(again.end() == 0, "\(again.errors)")
      #expect(other.end() == 0, "\(other.errors)")
      #expect(try cluster.checksum(again.output) == expected)
      try cluster.expectFullCoverage(epochs: 40)
    }
  }

  @Test(arguments: ["bounded", "async"])
  func oldParametersCountEachExampleOnceToo(mode: String) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce", epochs: 20)
      let led = try cluster.coordinator(workers: 1, ["--compute-threads", "1", "--mode", mode])
      let worker = try cluster.worker(at: try cluster.address(of: led))
      #expect(led.end() == 0, "\(led.errors)")
      #expect(worker.end() == 0, "\(worker.errors)")
      try cluster.expectFullCoverage(epochs: 20)
    }
  }
}
