import Foundation
import Testing

@Suite struct EvaluateCommandTests {
  @Test func measuresAFinishedRunAndItsCheckpoint() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let result = try CommandLineTool.run(
        ["evaluate", "--run", "run", "--data", "data", "--split", "test", "--json"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let found = try RawRows.object(result.output)
      let auc = try #require(found["auc"] as? Double)
      #expect(auc > 0 && auc < 1)
      #expect((found["rows"] as? Int ?? 0) > 0)
      let checkpoint = try CommandLineTool.run(
        ["inspect", "checkpoint", "run", "--json"], in: folder)
      #expect((try RawRows.object(checkpoint.output)["checksum"] as? String)?.count == 64)
    }
  }

  @Test(
    arguments: [
      (["evaluate", "--run", "absent", "--data", "data"], 66),
      (["evaluate", "--run", "run", "--data", "data", "--split", "weekday"], 64),
      (["inspect", "checkpoint", "absent"], 66),
    ] as [([String], Int32)])
  func mistakesHaveTheirCode(arguments: [String], code: Int32) throws {
    let result = try CommandLineTool.run(arguments)
    #expect(result.exitCode == code)
    #expect(result.output.isEmpty)
  }
}
