import Foundation
import Testing

@Suite struct SynthCommandTests {
  private func make(_ arguments: [String], in folder: URL) throws -> CommandLineTool.Result {
    try CommandLineTool.run(["synth", "--rows", "500"] + arguments, in: folder)
  }

  @Test func sameSeedSameRowsOnAnyThreads() throws {
    try CommandLineTool.withFolder { folder in
      _ = try make(["--out", "a.tsv", "--seed", "3", "--threads", "1"], in: folder)
      _ = try make(["--out", "b.tsv", "--seed", "3", "--threads", "2"], in: folder)
      _ = try make(["--out", "c.tsv", "--seed", "4"], in: folder)
      let texts = try ["a", "b", "c"].map {
        try String(contentsOf: folder.appending(path: "\($0).tsv"), encoding: .utf8)
      }
      #expect(texts[0] == texts[1])
      #expect(texts[0] != texts[2])
      #expect(texts[0].split(separator: "\n").count == 500)
    }
  }

  @Test func tellsTheBestQuality() throws {
    try CommandLineTool.withFolder { folder in
      let result = try make(["--out", "a.tsv", "--json"], in: folder)
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let auc = try #require(object["bestAUC"] as? Double)
      #expect(auc > 0.5 && auc < 1)
    }
  }

  @Test func rowsOnStdoutStandAlone() throws {
    try CommandLineTool.withFolder { folder in
      let result = try make(["--out", "-"], in: folder)
      #expect(result.output.split(separator: "\n").count == 500)
      #expect(result.errors.contains("best AUC"))
    }
  }

  @Test(
    arguments: [
      (["synth", "--out", "a"], 64), (["synth", "--rows", "0", "--out", "a"], 64),
      (["synth", "--rows", "9", "--out", "a", "--signal", "-1"], 64),
      (["synth", "--rows", "9", "--out", "no/such/folder/a.tsv"], 74),
    ] as [([String], Int32)])
  func mistakesHaveTheirCode(arguments: [String], code: Int32) throws {
    let result = try CommandLineTool.run(arguments)
    #expect(result.exitCode == code)
    #expect(result.output.isEmpty)
  }
}
