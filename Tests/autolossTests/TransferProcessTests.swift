import Foundation
import Testing

/// A controller of another run, frozen, in clusters.
@Suite struct TransferProcessTests {
  @Test(arguments: [(0, 1), (0, 2), (1, 3)])
  func anyClusterGivesTheSameModel(servers: Int, workers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let lender = try ProcessCluster(folder)
      let trained = try CommandLineTool.run(
        ["train", "--out", "lender", "--seed", "7"] + lender.options, in: folder)
      #expect(trained.exitCode == 0, "\(trained.errors)")
      let file = folder.appending(path: "lender/controller.safetensors").path
      let more = ["--model", "nfm", "--set", "search.controller.file=\(file)"]
      let alone = try CommandLineTool.run(
        ["train", "--out", "alone"] + lender.options + more, in: folder)
      #expect(alone.exitCode == 0, "\(alone.errors)")
      let led = try lender.coordinator(workers: workers, servers: servers, more)
      let address = try lender.address(of: led)
      let others =
        try (0..<servers).map { _ in try lender.server(at: address) }
        + (0..<workers).map { _ in try lender.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try lender.checksum(led.output) == lender.checksum(alone.output))
      for other in others { #expect(other.end() == 0, "\(other.errors)") }
    }
  }
}
