import Foundation
import Testing

@Suite struct PrepareCommandTests {
  @Test func tellsWhatItMade() throws {
    try CommandLineTool.withFolder { folder in
      let result = try RawRows.prepare(in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(object["rows"] as? Int == 600)
      #expect((object["fieldSizes"] as? [Int])?.count == 39)
    }
  }

  @Test func refusesToWriteOverData() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      #expect(try RawRows.prepare(in: folder).exitCode == 73)
    }
  }

  @Test(arguments: [
    ("0.8,0.1,0.1", [484, 60, 61]), ("0.7, 0.2, 0.1", [423, 121, 61]), ("0.9,0.1,0", [544, 61, 0]),
    ("1,0,0", [605, 0, 0]),
  ])
  func splitsAsTold(split: String, rows: [Int]) throws {
    try CommandLineTool.withFolder { folder in
      try Data(RawRows.lines(605).utf8).write(to: folder.appending(path: "raw.tsv"))
      let result = try CommandLineTool.run(
        ["prepare", "criteo", "--input", "raw.tsv", "--out", "d", "--split", split, "--json"],
        in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let splits = try RawRows.object(result.output)["splits"] as? [String: Int]
      #expect(["train", "validation", "test"].map { splits?[$0] } == rows)
    }
  }

  /// Labels made wrong on purpose are told of.
  @Test func wrongLabelsAreTold() throws {
    try CommandLineTool.withFolder { folder in
      try Data(RawRows.lines(600).utf8).write(to: folder.appending(path: "raw.tsv"))
      let result = try CommandLineTool.run(
        [
          "prepare", "criteo", "--input", "raw.tsv", "--out", "wrong", "--flip-labels", "0:0.25",
          "--flip-labels", "1:0.1", "--flip-in", "train,validation",
        ], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("25.00 % of label 0 in train, validation"))
      #expect(result.output.contains("10.00 % of label 1 in train, validation"))
      let told = try CommandLineTool.run(["inspect", "data", "wrong", "--json"], in: folder)
      #expect(told.output.contains("\"shares\":[0.25,0.1]"), "\(told.output)")
    }
  }

  @Test(arguments: [
    (["--input", "absent.tsv", "--out", "d"], 66, "absent.tsv"),
    (["--input", "bad.tsv", "--out", "d"], 65, "bad.tsv:2"),
    (["--out", "d"], 64, "--input"),
    (["--input", "bad.tsv", "--out", "d", "--min-count", "0"], 64, "--min-count"),
    (["--input", "-", "--input", "-", "--out", "d"], 64, "stdin"),
    (["--input", "bad.tsv", "--out", "d", "--flip-labels", "0.4"], 64, "as in 0:0.4"),
    (["--input", "bad.tsv", "--out", "d", "--flip-labels", "0:1.5"], 64, "as in 0:0.4"),
    (["--input", "bad.tsv", "--out", "d", "--flip-labels", "2:0.1"], 64, "label 2 is not"),
    (["--input", "bad.tsv", "--out", "d", "--flip-in", "all"], 64, "not all"),
    (["--input", "bad.tsv", "--out", "d", "--split", "0.8,0.1"], 64, "not 0.8,0.1."),
    (["--input", "bad.tsv", "--out", "d", "--split", "0.8,0.1,0.2"], 64, "come to 1"),
    (["--input", "bad.tsv", "--out", "d", "--split", "0,0.5,0.5"], 64, "the first above 0"),
    (["--input", "bad.tsv", "--out", "d", "--split", "1.5,-0.5,0"], 64, "not 1.5,-0.5,0."),
    (["--input", "bad.tsv", "--out", "d", "--split", "a,b,c"], 64, "as in 0.8,0.1,0.1"),
  ])
  func mistakesHaveTheirCode(arguments: [String], code: Int32, message: String) throws {
    try CommandLineTool.withFolder { folder in
      let text = RawRows.lines(1) + "1\tnot a row\n"
      try Data(text.utf8).write(to: folder.appending(path: "bad.tsv"))
      let result = try CommandLineTool.run(["prepare", "criteo"] + arguments, in: folder)
      #expect(result.exitCode == code)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.output.isEmpty, "stdout is for results")
    }
  }
}
