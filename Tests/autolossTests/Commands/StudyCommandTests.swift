import Foundation
import Studies
import Testing

/// Small studies, made by the binary as a user makes them.
@Suite(.serialized) struct StudyCommandTests {
  private static let small = [
    "--set", "train.epochs=1", "--set", "train.batchSize=100", "--set", "model.hidden=[16,8]",
    "--set", "search.controller.hidden=[8,8]", "--set", "search.every=2",
  ]

  private func study(_ words: [String], in folder: URL) throws -> CommandLineTool.Result {
    try CommandLineTool.run(["study"] + words + Self.small, in: folder)
  }

  private func checksums(_ folder: URL) throws -> [String: String] {
    let text = try String(contentsOf: folder.appending(path: "runs.csv"), encoding: .utf8)
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let column = try #require(rows[0].firstIndex(of: "checksum"))
    return Dictionary(uniqueKeysWithValues: rows.dropFirst().map { ($0[0], $0[column]) })
  }

  /// Killed on its way, with a run under way, it goes on to the table of one that was not.
  @Test func aKilledStudyGoesOnToTheSameTable() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let words = ["table3", "--data", "data", "--seeds", "2", "--models", "deepfm", "--jobs", "2"]
      let straight = try study(words + ["--out", "straight", "--json"], in: folder)
      #expect(straight.exitCode == 0, "\(straight.errors)")
      let expected = try checksums(folder.appending(path: "straight"))
      #expect(expected.count == 6 && Set(expected.values).count == 6)

      let killed = try LivingProcess(
        ["study"] + words + ["--out", "killed"] + Self.small, in: folder)
      try killed.seen("runs: ", number: 2)
      killed.send(SIGKILL)
      _ = killed.end()
      let finished = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "killed/figures").path)
      #expect((2..<6).contains(finished.count))
      let resumed = try study(words + ["--out", "killed"], in: folder)
      #expect(resumed.exitCode == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("of 6 runs are finished already"))
      #expect(try checksums(folder.appending(path: "killed")) == expected)
      let objective = "search.upper=paper, search.virtualStep=0.0 (AL-2; AutoLoss)"
      for text in ["AL-1", "AutoLoss", "± ", "0.8092", "p paired", objective] {
        #expect(resumed.output.contains(text), "\(text)")
      }
      // Nothing is left to do, and the table is there again.
      let again = try study(words + ["--out", "killed"], in: folder)
      #expect(again.output == resumed.output && again.errors.contains("6 of 6 runs are finished"))
      // Other settings are another study.
      let other = try study(
        words + ["--out", "killed", "--set", "train.weightDecay=0"], in: folder)
      #expect(other.exitCode == 78 && other.errors.contains("now `train.weightDecay: 0"))
    }
  }

  @Test func aStoppedStudySavesItsRuns() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let words = [
        "efficiency", "--data", "data", "--seeds", "1", "--out", "out", "--set",
        "train.epochs=400", "--set", "train.patience=0",
      ]
      let process = try LivingProcess(
        ["study"] + words + Self.small.dropFirst(2), in: folder)
      try process.seen("begins")
      Thread.sleep(forTimeInterval: 0.5)
      process.send(SIGTERM)
      #expect(process.end() == 75, "\(process.errors)")
      #expect(process.errors.contains("go on with the same command line"))
    }
  }

  /// Controllers go from one model to another; a run that cannot be made is named in the table.
  @Test func controllersAreTransferred() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let result = try study(
        [
          "transfer", "--data", "data", "--seeds", "1", "--models", "deepfm,nfm,ncf", "--jobs", "2",
          "--launch", "exec {command}",
        ], in: folder)
      // Two of 39 fields are not a user and an item.
      #expect(result.exitCode == 69, "\(result.errors)")
      #expect(result.output.contains("ncf-autoloss-transferred-seed1: it ended with code 78"))
      #expect(result.output.contains("SLF, transferred"))
      let found = try checksums(folder.appending(path: "study-transfer"))
      #expect(found["nfm-autoloss-transferred-seed1"]?.count == 64)
      #expect(found["nfm-autoloss-transferred-seed1"] != found["nfm-autoloss-seed1"])
      let report = try CommandLineTool.run(
        ["report", "--run", "study-transfer/runs/nfm-autoloss-transferred-seed1"], in: folder)
      #expect(report.exitCode == 0, "\(report.errors)")
    }
  }

  /// BOHB's row: a search for each model, then runs with the weights that it found.
  @Test func weightsAreSearchedForTable2() throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let words = [
        "table2", "--data", "data", "--seeds", "1", "--models", "lr", "--search-budget", "3",
        "--jobs", "2",
      ]
      // A search that ends by what lies outside of it leaves its row empty, and no other.
      let line = "for word in {command}; do case $word in *trial-*) exit 74; esac; done; {command}"
      let broken = try study(words + ["--launch", line], in: folder)
      #expect(broken.exitCode == 69, "\(broken.errors)")
      #expect(broken.output.contains("lr-bohb-seed1: the search for its weights ended: "))
      let others = try checksums(folder.appending(path: "study-table2"))
      #expect(others["lr-bohb-seed1"] == "" && others.values.count { $0.count == 64 } >= 8)
      // Mended, it goes on.
      let result = try study(words, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("BOHB's weights for lr are weights:0."))
      #expect(try checksums(folder.appending(path: "study-table2"))["lr-bohb-seed1"]?.count == 64)
      let best = folder.appending(path: "study-table2/bohb/lr/best.yaml")
      let weights = try String(contentsOf: best, encoding: .utf8).split(separator: "\"")
        .first { $0.hasPrefix("weights:") }
      #expect(try result.output.contains(#require(weights)))
      let again = try study(words, in: folder)
      #expect(again.output == result.output)
      let listed = try study(words + ["--dry-run"], in: folder).output
      #expect(listed.contains("lr-bohb-seed1"))
      let without = try study(words + ["--dry-run", "--search-budget", "0"], in: folder).output
      #expect(without.contains("lr-ce-seed1") && !without.contains("bohb"))
    }
  }

  /// It makes its own data, and tells what controllers answer.
  @Test func plantedProblemsNeedNoData() throws {
    try CommandLineTool.withFolder { folder in
      let words = ["planted", "--seeds", "1", "--rows", "1500", "--jobs", "2", "--json"]
      let result = try study(words, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let table = try JSONDecoder().decode(StudyTable.self, from: Data(result.output.utf8))
      #expect(table.rows.count == 25 && table.failures.isEmpty && table.recipe == "none")
      let rows = Dictionary(grouping: table.rows, by: \.method)
      #expect(rows["autoloss"]?.allSatisfy { $0.answers.count == 4 } == true)
      #expect(rows["ce"]?.allSatisfy { $0.answers.isEmpty && $0.objective == nil } == true)
      #expect(
        rows["autoloss"]?.first?.objective == "search.upper=logloss, search.virtualStep=0.001")
      #expect(
        rows["autoloss-paper"]?.first?.objective == "search.upper=paper, search.virtualStep=0.0")
    }
  }

  @Test(arguments: [
    (["table9", "--data", "data"], 64, "table9"),
    (["table2", "--data", "data", "--seeds", "0"], 64, "--seeds"),
    (["table2"], 64, "--data is missing"),
    (["table2", "--data", "data", "--rows", "5000"], 64, "--rows"),
    (["planted", "--rows", "10"], 64, "--rows"),
    (["table2", "--data", "data", "--every", "1"], 64, "--every"),
    (["frequency", "--data", "data", "--every", "1,x"], 64, "--every"),
    (["table2", "--data", "data", "--target-data", "other"], 64, "--target-data"),
    (["table3", "--data", "data", "--search-budget", "9"], 64, "--search-budget"),
    (["table2", "--data", "data", "--search-budget", "900"], 78, "train.epochs"),
    (["table2", "--data", "data", "--launch", "srun"], 64, "{command}"),
    (["table2", "--data", "absent"], 66, "absent"),
    (["table2", "--data", "data", "--models", "deepfn"], 78, "deepfm"),
    (["table2", "--data", "data", "--set", "train.lr=1"], 78, "train.lr"),
  ])
  func mistakesAreToldBeforeAnythingRuns(words: [String], code: Int32, text: String) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      let result = try CommandLineTool.run(["study"] + words, in: folder)
      #expect(result.exitCode == code, "\(result.errors)")
      #expect(result.errors.contains(text), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/study-table2/runs/deepfm"))
    }
  }

  @Test func aDryRunListsTheGrid() throws {
    let result = try CommandLineTool.run([
      "study", "frequency", "--data", "data", "--seeds", "2", "--every", "1,7", "--dry-run",
      "--json",
    ])
    #expect(result.exitCode == 0, "\(result.errors)")
    let runs = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(runs.count == 4 && runs[1]["name"] as? String == "deepfm-every-7-seed1")
  }
}
