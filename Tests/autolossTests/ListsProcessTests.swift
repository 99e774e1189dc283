import Foundation
import Testing

/// Fields with several values, from raw rows to predictions, in a cluster too.
@Suite struct ListsProcessTests {
  private static let schema = """
    label: label
    fields:
      - lead
      - {name: words, list: {separator: "|", maximum: 4}}
      - {name: more, hashBuckets: 50, list: {separator: " ", maximum: 9, pooling: sum}}
      - {name: visits, kind: number}
    """

  /// Criteo's rows as a table with lists: some of the categories stand in one column each.
  private static func prepare(in folder: URL, rows: Int = 600) throws -> CommandLineTool.Result {
    var text = "label,visits,lead,words,more\n"
    for (row, line) in RawRows.lines(rows).split(separator: "\n").enumerated() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      text += "\(columns[0]),\(columns[1]),\(columns[14])"
      text += "," + columns[15..<15 + row % 5].joined(separator: "|")
      text += "," + columns[20..<21 + row % 8].joined(separator: " ") + "\n"
    }
    try Data(text.utf8).write(to: folder.appending(path: "raw.csv"))
    try Data(schema.utf8).write(to: folder.appending(path: "table.yaml"))
    return try CommandLineTool.run(
      [
        "prepare", "csv", "--schema", "table.yaml", "--input", "raw.csv", "--out", "data",
        "--min-count", "2", "--overwrite", "--json",
      ], in: folder)
  }

  /// A coordinator, two workers and, where there are any, servers make the model of `train`.
  @Test(arguments: [("autoloss", 0), ("fixed:ce", 2)])
  func aClusterMakesTheSameModel(loss: String, servers: Int) throws {
    try CommandLineTool.withFolder { folder in
      // The seed keeps the run apart from those on other data.
      let cluster = try ProcessCluster(folder, loss: loss, ["--seed", "77"])
      let prepared = try Self.prepare(in: folder)
      #expect(prepared.exitCode == 0, "\(prepared.errors)")
      let expected = try cluster.checksumAlone()
      let led = try cluster.coordinator(workers: 2, servers: servers)
      let address = try cluster.address(of: led)
      let others =
        try (0..<servers).map { _ in try cluster.server(at: address) }
        + (0..<2).map { _ in try cluster.worker(at: address) }
      #expect(led.end() == 0, "\(led.errors)")
      #expect(try cluster.checksum(led.output) == expected)
      for other in others { #expect(other.end() == 0, "\(other.errors)") }
      try cluster.expectFullCoverage(epochs: 2)
    }
  }

  @Test func fromRawRowsToPredictions() throws {
    try CommandLineTool.withFolder { folder in
      let prepared = try RawRows.object(try Self.prepare(in: folder).output)
      #expect((prepared["lists"] as? [String: Any])?.keys.sorted() == ["more", "words"])
      #expect(prepared["cutLists"] as? Int == 0)
      let shown = try CommandLineTool.run(["inspect", "data", "data"], in: folder)
      #expect(shown.output.contains("up to 4 values, their mean"), "\(shown.output)")
      let trained = try CommandLineTool.run(
        ["train", "--data", "data", "--out", "run", "--batch-size", "100"], in: folder)
      #expect(trained.exitCode == 0, "\(trained.errors)")
      let scored = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "raw.csv", "--output", "-"], in: folder)
      #expect(scored.output.split(separator: "\n").compactMap { Double($0) }.count == 600)
      // Longer lists than the data may have.
      let long = "label,visits,lead,words,more\n1,2,x,a|b|c|d|e,f\n"
      try Data(long.utf8).write(to: folder.appending(path: "long.csv"))
      let refused = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "long.csv", "--output", "-"], in: folder)
      #expect(refused.exitCode == 65)
      #expect(refused.errors.contains("the list has more than 4 values"), "\(refused.errors)")
      #expect(refused.errors.contains("long.csv:2"), "\(refused.errors)")
    }
  }
}
