import Foundation
import Testing

/// Units that take longer than a lease: who gets on with them keeps them.
@Suite struct LeaseProcessTests {
  /// Each worker computes half of the 64 slices of a step, for several times as long as a lease
  /// lasts; a slice takes a small part of that.
  @Test(arguments: [0, 1])
  func whoGetsOnKeepsItsUnits(servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(
        folder, loss: "fixed:ce", epochs: 3,
        [
          "--model", "xdfm", "--set", "model.cinWidths=[40,40]", "--set",
          "model.embeddingWidth=256", "--batch-size", "480", "--set", "train.slices=64",
        ])
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(
        workers: 2, servers: servers, ["--set", "cluster.leaseSeconds=0.5"])
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + (0..<2).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for process in others { #expect(process.end() == 0, "\(process.errors)") }
      try cluster.expectFullCoverage(epochs: 3)
      // In the first step a worker may still build its network when it is leased a unit.
      let again = led.errors.split(separator: "\n").filter {
        $0.contains("nobody has got on with it") && !$0.contains("of step 0 ")
      }
      #expect(again.isEmpty, "\(again.joined(separator: "\n"))")
      #expect(!led.errors.contains("no progress"), "\(led.errors)")
    }
  }
}
