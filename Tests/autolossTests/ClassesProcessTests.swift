import Foundation
import Testing

/// Five classes from raw rows to predictions, on one machine and in a cluster.
@Suite struct ClassesProcessTests {
  /// A coordinator, two workers and, where there are any, servers make the model of `train`.
  @Test(arguments: [("autoloss", 0), ("autoloss", 1), ("fixed:ordinal_mse", 0)])
  func aClusterMakesTheSameModel(loss: String, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      let cluster = try ProcessCluster(folder, loss: loss, classes: 5)
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: 2, servers: servers)
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + (0..<2).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for other in others { #expect(other.end() == 0, "\(other.errors)") }
      let best = try #require(try RawRows.object(led.output)["best"] as? [String: Any])
      for figure in ["auc", "weightedAUC", "accuracy", "logloss"] {
        #expect(best[figure] is Double, "\(figure)")
      }
      try cluster.expectFullCoverage(epochs: 2)
    }
  }

  @Test func fromRawRowsToPredictions() throws {
    try CommandLineTool.withFolder { folder in
      let prepared = try RawRows.object(try RawRows.prepare(in: folder, classes: 5).output)
      #expect(prepared["classes"] as? Int == 5)
      #expect((prepared["labelCounts"] as? [Int])?.reduce(0, +) == 600)
      let trained = try CommandLineTool.run(
        ["train", "--data", "data", "--out", "run", "--batch-size", "100", "--loss", "autoloss"],
        in: folder)
      #expect(trained.exitCode == 0, "\(trained.errors)")
      #expect(trained.output.contains("weighted AUC"))
      let measured = try CommandLineTool.run(
        ["evaluate", "--run", "run", "--data", "data", "--split", "test", "--json"], in: folder)
      let figures = try RawRows.object(measured.output)
      #expect((figures["labelCounts"] as? [Int])?.count == 5 && figures["positives"] == nil)
      #expect(figures["accuracy"] is Double && figures["weightedAUC"] is Double)
      let scored = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "raw.tsv", "--output", "-"], in: folder)
      let rows = scored.output.split(separator: "\n").map {
        $0.split(separator: ",").compactMap { Double($0) }
      }
      #expect(rows.count == 600)
      for row in rows { #expect(row.count == 5 && abs(row.reduce(0, +) - 1) < 1e-9) }
    }
  }

  @Test(arguments: [
    (["--loss", "fixed:asl"], 78, "is for labels 0 and 1"),
    (
      ["--loss", "al1", "--set", "search.candidates=[ce,focal:alpha=0.25]"], 78,
      "leave it out"
    ),
  ])
  func lossesOfAnotherTaskAreRefused(arguments: [String], code: Int32, message: String) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder, classes: 5)
      let result = try CommandLineTool.run(
        ["train", "--data", "data", "--out", "run"] + arguments, in: folder)
      #expect(result.exitCode == code, "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
