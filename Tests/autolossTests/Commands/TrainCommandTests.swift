import Foundation
import Testing

@Suite struct TrainCommandTests {
  private let options = [
    "train", "--data", "data", "--out", "run", "--batch-size", "100", "--epochs", "2", "--json",
  ]

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func leavesARunThatItsOwnConfigurationRepeats(loss: String) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let first = try CommandLineTool.run(options + ["--loss", loss, "--threads", "1"], in: folder)
      #expect(first.exitCode == 0, "\(first.errors)")
      let again = try CommandLineTool.run(
        [
          "train", "--config", "run/config.resolved.yaml", "--out", "again", "--threads", "2",
          "--json",
        ], in: folder)
      #expect(again.exitCode == 0, "\(again.errors)")
      let checksum = try object(first.output)["checksum"] as? String
      #expect(checksum?.count == 64)
      #expect(try object(again.output)["checksum"] as? String == checksum)
      let metrics = try String(
        contentsOf: folder.appending(path: "run/metrics.jsonl"), encoding: .utf8)
      let events = try metrics.split(separator: "\n").map { try object(String($0))["event"] }
      #expect(events.first as? String == "started")
      #expect(events.last as? String == "finished")
      #expect(!first.errors.contains("\u{1B}"), "no terminal, no escape codes")
    }
  }

  @Test func aUsedFolderIsNotWrittenOver() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      _ = try CommandLineTool.run(options, in: folder)
      let refused = try CommandLineTool.run(options, in: folder)
      #expect(refused.exitCode == 73)
      #expect(refused.errors.contains("--resume auto"))
      #expect(try CommandLineTool.run(options + ["--resume", "auto"], in: folder).exitCode == 0)
    }
  }

  @Test func theLogIsForMachinesWhereTheyReadIt() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let loud = options + ["--log-format", "json"]
      let first = try CommandLineTool.run(loud, in: folder)
      #expect(first.exitCode == 0, "\(first.errors)")
      let entries = try first.errors.split(separator: "\n").map { try object(String($0)) }
      #expect(entries.allSatisfy { $0["role"] as? String == "train" })
      let messages = entries.compactMap { $0["message"] as? String }
      for message in ["run started", "validated", "checkpoint saved", "run ended"] {
        #expect(messages.contains(message), "\(message) in \(messages)")
      }
      // An error is an entry, too, and the only one of a run that is refused.
      let refused = try CommandLineTool.run(loud, in: folder)
      #expect(refused.exitCode == 73)
      let entry = try object(refused.errors)
      #expect(entry["level"] as? String == "critical")
      #expect(entry["exitCode"] as? Int == 73)
      #expect((entry["fix"] as? String)?.contains("--resume auto") == true)
    }
  }

  @Test func onlyWhatIsSevereEnoughIsSaid() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let quiet = try CommandLineTool.run(
        options, in: folder, environment: ["AUTOLOSS__LOG__LEVEL": "error"])
      #expect(quiet.exitCode == 0)
      #expect(quiet.errors.isEmpty, "\(quiet.errors)")
      #expect(!quiet.output.isEmpty, "results do not depend on the log")
    }
  }

  @Test func aDryRunWritesNothing() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let result = try CommandLineTool.run(options + ["--dry-run"], in: folder)
      #expect(result.exitCode == 0)
      #expect(try object(result.output)["fields"] as? Int == 39)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run").path))
    }
  }

  @Test(arguments: [
    (["train", "--data", "absent"], 66, "absent"),
    (["train"], 78, "data.path"),
    (["train", "--data", "d", "--model", "deepfn"], 78, "deepfm"),
    (["train", "--data", "d", "--resume", "sometimes"], 64, "--resume"),
  ])
  func mistakesHaveTheirCode(arguments: [String], code: Int32, message: String) throws {
    try CommandLineTool.withFolder { folder in
      let result = try CommandLineTool.run(arguments, in: folder)
      #expect(result.exitCode == code)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
