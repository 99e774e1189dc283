import Foundation
import Testing

/// Small searches, made by the binary as a user makes them.
@Suite(.serialized) struct TuneCommandTests {
  private static let small = [
    "--data", "data", "--space", "space.yaml", "--loss", "fixed:ce", "--batch-size", "50",
    "--set", "model.hidden=[8]", "--min-budget", "1", "--max-budget", "9", "--brackets", "2",
  ]

  private static let space = """
    train.learningRate: {log-uniform: [0.001, 0.1]}
    model.embeddingWidth: {choice: [2, 4]}
    """

  private func withData(space: String = Self.space, _ body: (URL) throws -> Void) throws {
    try CommandLineTool.withFolder { folder in
      _ = try RawRows.prepare(in: folder)
      try Data(space.utf8).write(to: folder.appending(path: "space.yaml"))
      try body(folder)
    }
  }

  private func tune(_ words: [String], in folder: URL) throws -> CommandLineTool.Result {
    try CommandLineTool.run(["tune"] + Self.small + words, in: folder)
  }

  private func text(_ path: String, in folder: URL) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// With two jobs, killed on its way, it comes to the same as with one.
  @Test func aKilledSearchGoesOnToTheSame() throws {
    try withData { folder in
      let straight = try tune(["--out", "straight"], in: folder)
      #expect(straight.exitCode == 0, "\(straight.errors)")
      let killed = try LivingProcess(
        ["tune"] + Self.small + ["--out", "killed", "--jobs", "2"], in: folder)
      try killed.seen("runs: ", number: 4)
      killed.send(SIGKILL)
      _ = killed.end()
      let resumed = try tune(["--out", "killed", "--jobs", "2"], in: folder)
      #expect(resumed.exitCode == 0, "\(resumed.errors)")
      func measured(_ path: String) throws -> [String] {
        // Times differ.
        try text("\(path)/trials.csv", in: folder).split(separator: "\n").map { line in
          let cells = line.split(separator: ",", omittingEmptySubsequences: false)
          return (cells[..<9] + cells[11...]).joined(separator: ",")
        }
      }
      #expect(try measured("killed") == measured("straight"))
      // Nine, three and one; then three and one.
      #expect(try measured("straight").count == 1 + 9 + 3 + 1 + 3 + 1)
      // More brackets go on; another objective is another search.
      let longer = try tune(["--out", "killed", "--brackets", "3", "--json"], in: folder)
      #expect(longer.exitCode == 0, "\(longer.errors)")
      let table = try RawRows.object(longer.output)
      #expect((table["rows"] as? [Any])?.count == 17 + 3)
      let other = try tune(["--out", "killed", "--objective", "logloss"], in: folder)
      #expect(other.exitCode == 78 && other.errors.contains("now `objective: logloss"))
    }
  }

  /// A run that went on has the bits of one that was made at once, and the best can be made again.
  @Test func theBestIsARunOfItsOwn() throws {
    try withData { folder in
      // What the environment says is weaker than what the search varies.
      let result = try CommandLineTool.run(
        ["tune"] + Self.small + ["--seed", "5"], in: folder,
        environment: ["AUTOLOSS__TRAIN__LEARNING_RATE": "0.5"])
      #expect(result.exitCode == 0, "\(result.errors)")
      let table = try RawRows.object(text("tune/table.json", in: folder))
      let best = try #require(table["best"] as? String)
      #expect(result.output.contains("\(best) is the best"))
      let again = try CommandLineTool.run(
        [
          "train", "--config", "tune/best.yaml", "--max-steps", "9", "--out", "again", "--threads",
          "2", "--json",
        ], in: folder)
      #expect(again.exitCode == 0, "\(again.errors)")
      let figures = try RawRows.object(text("tune/figures/\(best)-seed5-9steps.json", in: folder))
      let checksum = (figures["figures"] as? [String: Any])?["checksum"] as? String
      let single = try RawRows.object(again.output)
      #expect(single["checksum"] as? String == checksum)
      let (found, chosen) = (
        figures["figures"] as? [String: Any], single["best"] as? [String: Any]
      )
      for name in ["auc", "logloss"] {
        let value = try #require(found?[name] as? Double)
        #expect(chosen?[name] as? Double == value, "\(name)")
      }
      // Only the best is kept whole.
      let runs = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "tune/runs").path)
      let whole = runs.filter {
        FileManager.default.fileExists(
          atPath: folder.appending(path: "tune/runs/\($0)/checkpoints").path)
      }
      #expect(whole == ["\(best)-seed5"] && runs.count == 12)
      let lost = folder.appending(path: "tune/figures/\(best)-seed5-3steps.json")
      try FileManager.default.removeItem(at: lost)
      let broken = try tune(["--seed", "5"], in: folder)
      #expect(broken.exitCode == 65 && broken.errors.contains("-3steps are gone"))
      // Nor can a run go back: that is no fault of the trial's values.
      let before = try text("tune/best.yaml", in: folder)
      try FileManager.default.removeItem(
        at: folder.appending(path: "tune/figures/\(best)-seed5-9steps.json"))
      let back = try tune(["--seed", "5"], in: folder)
      #expect(back.exitCode == 69 && back.errors.contains("has made 9 steps"), "\(back.errors)")
      #expect(try text("tune/best.yaml", in: folder) == before)
    }
  }

  @Test func aDryRunListsTheRounds() throws {
    try withData { folder in
      let result = try tune(["--dry-run", "--json"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let rounds = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Int]])
      #expect(rounds.map { $0["trials"] } == [9, 3, 1, 3, 1])
      #expect(rounds.map { $0["steps"] } == [1, 3, 9, 3, 9])
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "tune").path))
    }
  }

  @Test func weightsAreSearchedFor() throws {
    try withData(space: "loss: {simplex: [focal, ce]}") { folder in
      let result = try tune(["--seeds", "2", "--max-budget", "3", "--jobs", "2"], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("weights:0."))
      let best = try text("tune/best.yaml", in: folder)
      #expect(best.contains("candidates: [focal, ce]") && best.contains("loss: \"weights:"))
    }
  }

  /// What a configuration is to blame for is a bad trial; what else fails stops the search.
  @Test func failuresAreToldApart() throws {
    let space = "train.slices: {choice: [1, 4, 30]}\ntrain.learningRate: {uniform: [0.001, 0.1]}\n"
    try withData(space: space) { folder in
      let result = try tune([], in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("cannot be cut into 30 slices"))
      let killed = try tune(["--out", "killed", "--launch", "kill -9 $$; {command}"], in: folder)
      #expect(killed.exitCode == 69 && killed.errors.contains("ended with code 137"))
      #expect(killed.errors.contains("another search space"))
      let broken = try tune(["--out", "broken", "--launch", "exit 74; {command}"], in: folder)
      #expect(broken.exitCode == 69 && broken.errors.contains("ended with code 74"))
      #expect(broken.errors.contains("go on with the same command line"))
      let mended = try tune(["--out", "broken"], in: folder)
      #expect(mended.exitCode == 0, "\(mended.errors)")
      #expect(
        try text("broken/best.yaml", in: folder).contains("learningRate")
          && text("broken/search.txt", in: folder) == text("tune/search.txt", in: folder))
    }
  }

  /// A gradient that is not finite is a result as any other: it is not tried again.
  @Test func divergedTrialsStayAsTheyAre() throws {
    try withData(space: "train.learningRate: {choice: [0.01, 1e30]}") { folder in
      let words = ["--min-budget", "9", "--brackets", "8"]
      let result = try tune(words, in: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.contains("is not finite") && result.errors.contains(" begins"))
      #expect(try text("tune/best.yaml", in: folder).contains("learningRate: 0.01"))
      let again = try tune(words, in: folder)
      #expect(again.exitCode == 0 && again.output == result.output)
      #expect(!again.errors.contains(" begins"), "\(again.errors)")
    }
  }

  /// Where all fail by their values, the same again would fail again.
  @Test func aSearchWithoutABestIsNotWorthRetrying() throws {
    try withData(space: "train.learningRate: {choice: [1e30, 1e31]}") { folder in
      let result = try tune(["--min-budget", "9"], in: folder)
      #expect(result.exitCode == 78, "\(result.errors)")
      #expect(result.errors.contains("every trial failed"))
      // What the folder has is looked at before the first run, also by a dry run.
      let other = try tune(["--min-budget", "9", "--seeds", "2", "--dry-run"], in: folder)
      #expect(other.exitCode == 78 && other.errors.contains("now `seeds: 2"), "\(other.errors)")
      let place = folder.appending(path: "tune/search.txt")
      try Data([0xc3, 0x28]).write(to: place)
      let unreadable = try tune(["--min-budget", "9"], in: folder)
      #expect(unreadable.exitCode == 65 && unreadable.errors.contains("cannot be read"))
      try FileManager.default.moveItem(at: place, to: folder.appending(path: "tune/table.csv"))
      let study = try tune(["--min-budget", "9"], in: folder)
      #expect(study.exitCode == 78 && study.errors.contains("that of a study"))
    }
  }

  @Test(arguments: [
    (["--space", "absent.yaml"], 66, "absent.yaml"),
    (["--min-budget", "10"], 64, "--min-budget"),
    (["--eta", "1"], 64, "--eta"),
    (["--max-budget", "20"], 78, "train.epochs ends runs after"),
    (["--set", "train.maxSteps=5"], 78, "--max-budget"),
    (["--objective", "loss"], 64, "--objective"),
    (["--launch", "srun"], 64, "{command}"),
    (["--data", "absent"], 66, "absent"),
  ])
  func mistakesAreToldBeforeAnythingRuns(words: [String], code: Int32, text: String) throws {
    try withData { folder in
      let result = try tune(words, in: folder)
      #expect(result.exitCode == code, "\(result.errors)")
      #expect(result.errors.contains(text), "\(result.errors)")
      let runs = folder.appending(path: "tune/runs").path
      #expect((try? FileManager.default.contentsOfDirectory(atPath: runs))?.isEmpty ?? true)
    }
  }
}
