import Foundation
import Testing

/// Runs with workers are in `ClusterProcessTests`.
@Suite struct CoordinatorCommandTests {
  @Test(
    arguments: [
      (["coordinator", "--data", "data", "--out", "run"], 78),
      (["worker", "--data", "data"], 64),
    ] as [([String], Int32)])
  func mistakesHaveTheirCode(arguments: [String], code: Int32) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      #expect(try CommandLineTool.run(arguments, in: folder).exitCode == code)
    }
  }
}
