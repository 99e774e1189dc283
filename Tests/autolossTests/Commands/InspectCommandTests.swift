import Foundation
import Testing

@Suite struct InspectCommandTests {
  @Test func tellsOfDataWhatPrepareTold() throws {
    try CommandLineTool.withFolder { folder in
      let prepared = try RawRows.prepare(in: folder)
      let inspected = try CommandLineTool.run(
        ["inspect", "data", "data", "--verify", "--json"], in: folder)
      #expect(inspected.exitCode == 0)
      #expect(inspected.output == prepared.output)
    }
  }

  @Test func tellsOfAModelHowGoodItWas() throws {
    try CommandLineTool.withFolder { folder in
      try RawRows.train(in: folder)
      let told = try CommandLineTool.run(["inspect", "checkpoint", "run"], in: folder)
      #expect(told.exitCode == 0, "\(told.errors)")
      for name in ["best validation AUC", "its logloss", "its scaled logloss", "its calibration"] {
        #expect(told.output.contains("\n\(name)"), "\(told.output)")
      }
    }
  }

  @Test func missingDataIsMissingInput() throws {
    let result = try CommandLineTool.run(["inspect", "data", "no-such-folder"])
    #expect(result.exitCode == 66)
    #expect(result.errors.contains("no-such-folder"))
  }
}
