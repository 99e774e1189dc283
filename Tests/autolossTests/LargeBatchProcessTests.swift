import Foundation
import Testing

/// Drops of the learning rate that a run finds for itself end a generation: workers and servers go
/// on with the next one.
@Suite struct PlateauProcessTests {
  /// The checksum of what a run ended with, which need not be its best model.
  private func last(_ run: String, in folder: URL) throws -> String {
    let place = "\(run)/checkpoints/step-000000010"
    let result = try CommandLineTool.run(["inspect", "checkpoint", place, "--json"], in: folder)
    #expect(result.exitCode == 0, "\(result.errors)")
    return try #require(try RawRows.object(result.output)["checksum"] as? String)
  }

  /// The same of one process that was stopped after five steps and went on.
  private func lastAlone(_ cluster: ProcessCluster) throws -> String {
    for more in [["--max-steps", "5"], ["--resume", "auto"]] {
      let result = try CommandLineTool.run(
        ["train", "--out", "stopped"] + cluster.options + more, in: cluster.folder)
      #expect(result.exitCode == 0, "\(result.errors)")
    }
    return try last("stopped", in: cluster.folder)
  }

  /// The best model, and what the run ended with.
  @Test(arguments: [(2, 0), (2, 2)])
  func anyClusterGivesTheSameModel(workers: Int, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(
        folder, loss: "fixed:ce",
        [
          "--set", "train.plateauFactor=0.3", "--set", "train.learningRate=0.03",
          "--set", "train.evaluateEvery=2",
        ])
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: workers, servers: servers)
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + (0..<workers).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(led.errors.contains("the learning rate is"), "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
      try cluster.expectFullCoverage(epochs: 2)
      #expect(try last("led", in: folder) == lastAlone(cluster))
    }
  }
}

/// Options for large batches: the model is that of `train`, whoever computes it and whoever owns
/// the parameters, and so counts how often the batch has a value.
@Suite struct LargeBatchProcessTests {
  @Test(arguments: [(1, 0, 1, "fp32"), (3, 2, 0, "fp32"), (2, 1, 0, "int8")])
  func anyClusterGivesTheSameModel(
    workers: Int, servers: Int, threads: Int, pushed: String
  ) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(
        folder, loss: "fixed:ce",
        [
          "--set", "train.cowClip=0.5", "--set", "train.cowClipFloor=1e-6",
          "--set", "train.denseWeightDecay=0", "--set", "train.denseLearningRate=0.003",
          "--set", "cluster.pushValues=\(pushed)", "--set", "train.denseWarmUp=1ep",
        ])
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(
        workers: workers, servers: servers, ["--compute-threads", "\(threads)"])
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + (0..<workers).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
    }
  }
}
