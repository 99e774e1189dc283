import Foundation
import Testing

@Suite struct PredictCommandTests {
  @Test func writesOneProbabilityALineInInputOrder() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let result = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "raw.tsv", "--output", "scores.csv"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let text = try String(contentsOf: folder.appending(path: "scores.csv"), encoding: .utf8)
      let scores = text.split(separator: "\n").compactMap { Double($0) }
      #expect(scores.count == 600)
      #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
      let lines = RawRows.lines(600).split(separator: "\n").prefix(3).joined(separator: "\n")
      try Data((lines + "\n").utf8).write(to: folder.appending(path: "first.tsv"))
      let first = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "first.tsv", "--output", "-"], in: folder)
      let again = first.output.split(separator: "\n").compactMap { Double($0) }
      #expect(again.count == 3)
      // Products over other numbers of rows round otherwise in their last bits.
      for (score, known) in zip(again, scores) { #expect(abs(score - known) < 1e-6) }
    }
  }

  @Test func badRowsAreBadData() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      try Data("1\tnot a row\n".utf8).write(to: folder.appending(path: "bad.tsv"))
      let result = try CommandLineTool.run(
        ["predict", "--run", "run", "--input", "bad.tsv", "--output", "scores.csv"], in: folder)
      #expect(result.exitCode == 65)
      #expect(result.errors.contains("bad.tsv:1"))
      let scores = folder.appending(path: "scores.csv").path
      #expect(!FileManager.default.fileExists(atPath: scores))
    }
  }
}
