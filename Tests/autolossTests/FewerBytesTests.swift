import Foundation
import Testing

/// Parameters and gradients in fewer bytes: the model is that of `train` with the same settings,
/// whoever computes it and whoever owns the parameters.
@Suite(.serialized) struct FewerBytesTests {
  @Test(arguments: [("fp16", "fp16"), ("bf16", "bf16"), ("fp16", "int8")])
  func anyClusterGivesTheSameModel(pulled: String, pushed: String) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(
        folder,
        [
          "--set", "cluster.pullValues=\(pulled)", "--set", "cluster.pushValues=\(pushed)",
        ])
      let expected = try cluster.checksumAlone()
      for (workers, servers, threads) in [(1, 0, 0), (3, 2, 0), (1, 0, 1)] {
        let led = try cluster.coordinator(
          workers: workers, servers: servers, ["--compute-threads", "\(threads)"])
        let address = try cluster.address(of: led)
        let others =
          try (0..<servers).map { _ in try cluster.server(at: address) }
          + (0..<workers).map { _ in try cluster.worker(at: address) }
        #expect(led.end() == 0, "\(led.errors)")
        #expect(
          try cluster.checksum(led.output) == expected,
          "\(workers) workers, \(servers) servers, \(threads) threads of the coordinator")
        #expect(led.errors.contains("pushValues"), "the start tells how numbers are sent")
        for process in others { #expect(process.end() == 0, "\(process.errors)") }
        try FileManager.default.removeItem(at: folder.appending(path: "led"))
      }
    }
  }
}
