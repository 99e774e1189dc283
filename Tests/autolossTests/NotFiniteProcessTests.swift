import Foundation
import Testing

/// Gradients that are not finite end a run at once, and the reason is the same whoever computes.
@Suite struct NotFiniteProcessTests {
  private static let wild = ["--set", "train.learningRate=1e38"]
  private static let sentence = "is not finite; nothing of this step was applied"

  /// The first line of the reason.
  private func reason(_ errors: String) throws -> String {
    try #require(
      errors.split(separator: "\n").first { $0.hasPrefix("error: ") }.map(String.init),
      "no reason in:\n\(errors)")
  }

  @Test(arguments: [0, 2])
  func aClusterTellsWhatOneProcessTells(servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: "fixed:ce", Self.wild)
      let alone = try CommandLineTool.run(
        ["train", "--out", "alone", "--threads", "1"] + cluster.options, in: folder)
      #expect(alone.exitCode == 70, "\(alone.errors)")
      let expected = try reason(alone.errors)
      #expect(expected.contains(Self.sentence) && expected.contains("(field "), "\(expected)")
      #expect(alone.errors.contains("at: step 1, slice 0"), "\(alone.errors)")

      let led = try cluster.coordinator(servers: servers)
      let address = try cluster.address(of: led)
      let others = try (0..<servers).map { _ in try cluster.server(at: address) }
      let worker = try cluster.worker(at: address)
      #expect(led.end() == 70, "\(led.errors)")
      #expect(try reason(led.errors) == expected)
      #expect(!led.errors.contains("leased again"), "\(led.errors)")
      #expect(worker.end() == 69, "\(worker.errors)")
      let summary = try RawRows.object(worker.output)
      let name = try #require(summary["worker"] as? String)
      #expect(led.errors.contains("at: worker \(name), step 1, slice 0"), "\(led.errors)")
      #expect(led.errors.contains("│ worker \(name)"), "\(led.errors)")
      #expect(led.errors.contains("│ step 1, slice 0, at "), "\(led.errors)")
      #expect(worker.errors.contains("│ worker \(name)"), "\(worker.errors)")
      for server in others {
        #expect(server.end() == 69, "\(server.errors)")
        #expect(server.errors.contains("│ worker \(name)"), "\(server.errors)")
      }
    }
  }
}
