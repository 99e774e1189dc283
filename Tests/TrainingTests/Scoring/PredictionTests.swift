import Datasets
import Foundation
import Objectives
import Testing

@testable import Training

@Suite struct PredictionTests {
  private func scores(_ path: String) throws -> [Double] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try #require(Double($0))
    }
  }

  /// Encodes and scores the rows one at a time.
  private func rowByRow(_ run: FinishedRun, _ input: String) throws -> [Double] {
    let model = try TrainedModel(runFolder: run.configuration.out)
    let vocabulary = try Dataset(folder: run.fixture.data).vocabulary()
    let reader = RawRowReader(vocabulary: vocabulary, inputs: [input])
    let member = ComputeMember(parts: model.parts, capacity: 1)
    let slot = SliceSlot(SliceSlotSizes(capacity: 1, columnCount: 39, rowsPerExample: 39))
    let store = model.parts.store
    var scores: [Double] = []
    while try reader.next(into: slot.rows) {
      slot.number(with: member.index, firstExample: 0, batchRows: 1)
      store.peek(slot.unique, into: member.rows)
      let logits = member.logits(
        slot, dense: store.dense.weights, statistics: store.statistics)
      scores.append(LogLoss.probability(logit: Double(logits[0])))
    }
    return scores
  }

  @Test func equalsScoringRowByRow() throws {
    let run = try FinishedRun(RunFixture())
    let input = run.fixture.folder.path("raw.tsv")
    let output = run.fixture.folder.path("scores.txt")
    var progress: [Int] = []
    let count = try Prediction.predict(
      runFolder: run.configuration.out, inputs: [input], output: output
    ) { progress.append($0) }
    #expect(count.rows == 1200 && count.cutLists == 0)
    #expect(progress.last == 1200)
    #expect(progress == progress.sorted())
    let found = try scores(output)
    let expected = try rowByRow(run, input)
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(Set(found).count > 100)
    #expect(!FileManager.default.fileExists(atPath: output + ".tmp"))
  }

  @Test func valuesThatWereNeverSeenCountAsRare() throws {
    let run = try FinishedRun(RunFixture(rows: 400))
    // No label and values of which none occurs in the training data, then other such values.
    let lines = ["ffff0001", "ffff0002"].map { value in
      ([""] + Array(repeating: "", count: 13) + Array(repeating: value, count: 26))
        .joined(separator: "\t")
    }
    let input = run.fixture.folder.path("new.tsv")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(
      to: URL(fileURLWithPath: input))
    let output = run.fixture.folder.path("scores.txt")
    #expect(
      try Prediction.predict(
        runFolder: run.configuration.out, inputs: [input], output: output
      ).rows == 2)
    let found = try scores(output)
    #expect(found.count == 2)
    #expect(found.first == found.last)
  }

  @Test func anErrorLeavesNothingBehind() throws {
    let run = try FinishedRun(RunFixture(rows: 400))
    let input = run.fixture.folder.path("bad.tsv")
    let good = try String(contentsOfFile: run.fixture.folder.path("raw.tsv"), encoding: .utf8)
    try Data((good + "1\tnot a row\n").utf8).write(to: URL(fileURLWithPath: input))
    let output = run.fixture.folder.path("scores.txt")
    #expect(throws: DataError.self) {
      try Prediction.predict(runFolder: run.configuration.out, inputs: [input], output: output)
    }
    for path in [output, output + ".tmp"] {
      #expect(!FileManager.default.fileExists(atPath: path), "\(path)")
    }
  }

  /// A device is written to and never replaced by a file; this one is always full.
  @Test func aFullDiskIsExplained() throws {
    let run = try FinishedRun(RunFixture(rows: 400))
    let output = run.fixture.folder.path("scores.txt")
    try FileManager.default.createSymbolicLink(
      atPath: output, withDestinationPath: "/dev/full")
    let error = #expect(throws: Failure.self) {
      try Prediction.predict(
        runFolder: run.configuration.out, inputs: [run.fixture.folder.path("raw.tsv")],
        output: output)
    }
    #expect(error?.exitCode == .inputOutput)
    #expect(error?.place == output)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: output) == "/dev/full")
    #expect(!FileManager.default.fileExists(atPath: output + ".tmp"))
  }

  @Test func anOutputThatCannotBeCreatedIsExplained() throws {
    let run = try FinishedRun(RunFixture(rows: 400))
    let output = run.fixture.folder.path("absent/scores.txt")
    let error = #expect(throws: Failure.self) {
      try Prediction.predict(
        runFolder: run.configuration.out, inputs: [run.fixture.folder.path("raw.tsv")],
        output: output)
    }
    #expect(error?.exitCode == .cannotCreate)
    #expect(error?.place == output)
  }
}
