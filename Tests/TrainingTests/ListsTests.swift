import Datasets
import Foundation
import Kernels
import Models
import TestSupport
import Testing

@testable import Training

extension RunFixture {
  /// Prepares rows with two fields of lists; labels depend on how many tags are of a kind.
  init(rowsWithLists rows: Int) throws {
    folder = try TemporaryFolder()
    let randomness = Randomness(seed: 5, purpose: .test)
    let lines = (0..<rows).map { row -> String in
      func draw(_ lane: Int, _ limit: UInt32) -> Int {
        Int(randomness.word(example: row, lane: lane) % limit)
      }
      let tags = (0..<draw(0, 6)).map { draw(1 + $0, 12) }
      let signal = tags.isEmpty ? 0.5 : Double(tags.count { $0 < 6 }) / Double(tags.count)
      let label = Double(randomness.uniform(example: row, lane: 20)) < signal ? 1 : 0
      let prices = (0..<draw(21, 3)).map { String(draw(22 + $0, 90)) }.joined(separator: " ")
      return "\(label),s\(draw(30, 20)),\(tags.map { "t\($0)" }.joined(separator: "|")),\(prices)\n"
    }
    try Data(("y,site,tags,prices\n" + lines.joined()).utf8)
      .write(to: URL(fileURLWithPath: folder.path("raw.csv")))
    let schema = TableSchema(
      name: "csv",
      fields: [
        .init(name: "site"),
        .init(name: "tags", list: ListForm(separator: "|", maximum: 4, excess: .cut)),
        .init(
          name: "prices", kind: .number, width: 10,
          list: ListForm(separator: " ", maximum: 2, pooling: .sum)),
      ], label: LabelRule(column: "y"),
      columns: ColumnForm(separators: [","], header: .present))
    var preparation = Preparation(
      inputs: [folder.path("raw.csv")], output: data, schema: schema)
    preparation.minimumCount = 2
    preparation.groupRows = 128
    preparation.windowGroups = 2
    _ = try preparation.run()
  }
}

/// Runs on data whose fields may have several values in a row.
@Suite struct ListsTests {
  @Test(
    arguments: [ModelKind.deepfm, .ipnn, .ffm, .lr], ["fixed:ce", "autoloss"])
  func threadsChangeNoBit(model: ModelKind, loss: String) throws {
    let fixture = try RunFixture(rowsWithLists: 900)
    let checksums = try [1, 2, 3].map { threads in
      try TrainingRun.train(
        fixture.configuration {
          $0.take(model)
          $0.loss = loss
          $0.train.threads = threads
        }, observer: EventLog()
      ).checksum
    }
    #expect(Set(checksums).count == 1)
  }

  @Test func cutListsAreCounted() throws {
    let fixture = try RunFixture(rowsWithLists: 900)
    let manifest = try Dataset(folder: fixture.data).manifest
    let text = try String(contentsOfFile: fixture.folder.path("raw.csv"), encoding: .utf8)
    let expected = text.split(separator: "\n").count {
      $0.split(separator: ",", omittingEmptySubsequences: false)[2].count { $0 == "|" } == 4
    }
    #expect(expected > 50 && manifest.cutLists == expected)
    #expect(manifest.formatVersion == 2)
    #expect(manifest.lists == [nil, ValueList(maximum: 4), ValueList(maximum: 2, pooling: .sum)])
  }

  @Test func stopAndResumeChangeNoBit() throws {
    let fixture = try RunFixture(rowsWithLists: 900)
    let whole = fixture.configuration { $0.train.epochs = 2 }
    let straight = try TrainingRun.train(whole, observer: EventLog())
    var stopped = whole
    stopped.out = fixture.folder.path("stopped")
    stopped.train.maxSteps = 5
    _ = try TrainingRun.train(stopped, observer: EventLog())
    stopped.train.maxSteps = 0
    let resumed = try TrainingRun.train(stopped, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum)
  }

  @Test func aCoordinatorThatComputesMakesTheSameModel() throws {
    let fixture = try RunFixture(rowsWithLists: 900)
    let configuration = fixture.configuration {
      $0.cluster.listen = "tcp://127.0.0.1:0"
      $0.cluster.computeThreads = 2
      $0.cluster.expectWorkers = 0
    }
    let led = try TrainingRun.coordinate(configuration, build: "test", observer: EventLog())
    var alone = configuration
    alone.out = fixture.folder.path("alone")
    #expect(led.checksum == (try TrainingRun.train(alone, observer: EventLog())).checksum)
  }

  /// The model finds what only the lists say; raw rows get the scores of prepared ones.
  @Test func learnsEvaluatesAndPredicts() throws {
    let run = try FinishedRun(RunFixture(rowsWithLists: 1500)) {
      $0.loss = "fixed:ce"
      $0.train.epochs = 6
      $0.train.learningRate = 0.01
    }
    let best = try #require(run.summary.best)
    #expect(best.auc > 0.7)
    let found = try Evaluation.evaluate(
      runFolder: run.configuration.out, dataFolder: run.fixture.data, split: .validation,
      threads: 2)
    #expect(found.auc == best.auc && found.logloss == best.logloss)
    let output = run.fixture.folder.path("scores.csv")
    let summary = try Prediction.predict(
      runFolder: run.configuration.out, inputs: [run.fixture.folder.path("raw.csv")],
      output: output)
    #expect(summary.rows == 1500)
    #expect(summary.cutLists == (try Dataset(folder: run.fixture.data)).manifest.cutLists)
    let scores = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(scores.count == 1500 && Set(scores).count > 300)
  }
}
