import Foundation
import Search
import Testing

@testable import Training

/// Controllers that go from one run to another.
@Suite struct ControllerFileTests {
  /// A run that trains a controller and ends after some steps.
  private func lender(
    _ fixture: RunFixture, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> FinishedRun {
    try FinishedRun(fixture) {
      $0.loss = "autoloss"
      $0.train.maxSteps = 9
      $0.search.every = 2
      $0.search.controller.learningRate = 0.01
      change(&$0)
    }
  }

  /// The configuration of a run with the controller of another.
  private func borrower(
    _ fixture: RunFixture, of run: FinishedRun,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunConfiguration {
    fixture.configuration {
      $0.loss = "autoloss"
      $0.model.name = .nfm
      $0.train.maxSteps = 12
      $0.train.evaluateEvery = 6
      $0.train.seed = 5
      $0.search.controller.file = run.folder.controller.path
      change(&$0)
    }
  }

  private func controller(_ folder: String) throws -> ControllerParameters {
    try #require(try TrainedModel(runFolder: folder).parts.controller)
  }

  /// Another model, other data, another seed: V and its statistics stay as they came.
  @Test(arguments: ["autoloss", "al2", "slf", "darts", "uncertainty", "softadapt"], [true, false])
  func aGivenControllerStaysAsItIs(loss: String, batchNorm: Bool) throws {
    let run = try lender(RunFixture()) {
      $0.loss = loss
      $0.search.controller.batchNorm = batchNorm
    }
    let given = try controller(run.configuration.out)
    let other = try RunFixture(rows: 700, seed: 3)
    let configuration = borrower(other, of: run) {
      $0.loss = loss
      $0.search.controller.batchNorm = batchNorm
    }
    let log = EventLog()
    _ = try TrainingRun.train(configuration, observer: log)
    let kept = try controller(configuration.out)
    #expect(kept.dense.weights.array == given.dense.weights.array)
    #expect(kept.statistics.array == given.statistics.array)
    #expect(kept.updates == 0)
    for event in log.events {
      if case .progress(let progress) = event { #expect(progress.upperLoss == nil) }
    }
  }

  /// Its choice is that of the trained network at the floor of the temperature: so a controller
  /// that answers the same for all examples is as good as those fixed weights.
  @Test func aFrozenControllerChoosesWithoutNoise() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture) { $0.loss = "darts" }
    let weights = try #require(
      ControllerShares(try TrainedModel(runFolder: run.configuration.out)))
    let frozen = borrower(fixture, of: run) { $0.loss = "darts" }
    let log = EventLog()
    _ = try TrainingRun.train(frozen, observer: log)
    let told = try #require(log.events.compactMap(\.shares).last)
    for (share, weight) in zip(told, weights.values) {
      #expect(abs(share.all - Double(weight)) < 1e-5, "\(share.candidate)")
    }
  }

  @Test func threadsAndResumingChangeNoBit() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture)
    let straight = try TrainingRun.train(borrower(fixture, of: run), observer: EventLog())
    for threads in [2, 3] {
      let again = try TrainingRun.train(
        borrower(fixture, of: run) { $0.train.threads = threads }, observer: EventLog())
      #expect(again.checksum == straight.checksum)
    }
    let out = fixture.folder.path("stopped")
    _ = try TrainingRun.train(
      borrower(fixture, of: run) {
        $0.out = out
        $0.train.maxSteps = 5
      }, observer: EventLog())
    // The run has a copy: it goes on where the original is gone.
    try FileManager.default.removeItem(at: run.folder.controller)
    let resumed = try TrainingRun.train(
      borrower(fixture, of: run) { $0.out = out }, resume: .auto, observer: EventLog())
    #expect(resumed.checksum == straight.checksum)
  }

  /// A run that lost its first checkpoint begins again with the copy.
  @Test func aRunWithoutCheckpointsBeginsWithItsCopy() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture)
    let configuration = borrower(fixture, of: run)
    let straight = try TrainingRun.train(configuration, observer: EventLog())
    let folder = RunFolder(URL(fileURLWithPath: configuration.out))
    try FileManager.default.removeItem(at: folder.checkpoints)
    try FileManager.default.removeItem(at: run.folder.controller)
    let again = try TrainingRun.train(configuration, resume: .auto, observer: EventLog())
    #expect(again.checksum == straight.checksum)
  }

  @Test func aRunKeepsToTheControllerThatItBeganWith() throws {
    let fixture = try RunFixture()
    let (run, other) = (try lender(fixture), try lender(fixture) { $0.train.seed = 9 })
    let out = fixture.folder.path("begun")
    func configuration(_ file: String, steps: Int) -> RunConfiguration {
      borrower(fixture, of: run) {
        $0.out = out
        $0.train.maxSteps = steps
        $0.search.controller.file = file
      }
    }
    _ = try TrainingRun.train(
      configuration(run.folder.controller.path, steps: 3), observer: EventLog())
    for (file, words) in [
      (other.folder.controller.path, "another controller"), ("", "none is given"),
    ] {
      let error = #expect(throws: Failure.self) {
        try TrainingRun.train(
          configuration(file, steps: 6), resume: .auto, observer: EventLog())
      }
      #expect(error?.what.contains(words) == true && error?.exitCode == .configuration)
    }
    let own = fixture.configuration {
      $0.loss = "autoloss"
      $0.train.maxSteps = 3
    }
    _ = try TrainingRun.train(own, observer: EventLog())
    var changed = own
    changed.search.controller.file = run.folder.controller.path
    let error = #expect(throws: Failure.self) {
      try TrainingRun.train(changed, resume: .auto, observer: EventLog())
    }
    #expect(error?.what.contains("a controller of its own") == true)
  }

  @Test(arguments: [
    ("autoloss", 2, "[ce,focal,kl,hinge]", "weighs 4 losses (focal, kl, hinge, ce)"),
    ("autoloss", 2, "[focal,kl]", "search.candidates lists 2"),
    ("autoloss", 5, "[focal,kl,hinge,ce]", "for labels of 2 classes, the data has 5"),
    ("al2", 2, "[focal,kl,hinge,ce]", "one of `autoloss`, the run's strategy is `al2`"),
    ("fixed:ce", 2, "[focal,kl,hinge,ce]", "fixed:ce has no controller"),
  ])
  func whatDoesNotFitIsToldInOneSentence(
    loss: String, classes: Int, candidates: String, words: String
  ) throws {
    let run = try lender(RunFixture())
    let other = try RunFixture(rows: 300, classes: classes)
    let configuration = borrower(other, of: run) {
      $0.loss = loss
      $0.search.candidates = candidates.dropFirst().dropLast().split(separator: ",")
        .map(String.init)
    }
    let error = #expect(throws: Failure.self) { try TrainingRun.plan(configuration) }
    #expect(error?.what.contains(words) == true, "\(error?.what ?? "")")
    #expect(error?.place == run.folder.controller.path && error?.exitCode == .configuration)
    // The fixture lives as long as it is used.
    #expect(FileManager.default.fileExists(atPath: other.data))
  }

  @Test func anotherShapeIsTold() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture) { $0.search.controller.batchNorm = false }
    for change: (inout RunConfiguration) -> Void in [
      { $0.search.controller.hidden = [8, 4] }, { $0.search.controller.hidden = [8] },
      { $0.search.controller.batchNorm = true },
    ] {
      let error = #expect(throws: Failure.self) {
        try TrainingRun.plan(
          borrower(fixture, of: run) {
            $0.search.controller.batchNorm = false
            change(&$0)
          })
      }
      #expect(error?.what.contains("hidden layers [8,8] without batch norm") == true)
      #expect(error?.remedy.contains("search.controller.hidden=[8,8]") == true)
    }
  }

  @Test func aFileWithoutAControllerIsRefused() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture)
    let step = try #require(run.summary.best?.step)
    let model = run.folder.checkpoint(step: step).appendingPathComponent("model.safetensors")
    let error = #expect(throws: Failure.self) {
      try TrainingRun.plan(borrower(fixture, of: run) { $0.search.controller.file = model.path })
    }
    #expect(error?.what.contains("holds no controller") == true)
    let absent = borrower(fixture, of: run) { $0.search.controller.file = "/absent" }
    #expect(throws: (any Error).self) { try TrainingRun.plan(absent) }
  }

  /// A finished run lays its controller out; one that goes on for longer takes it back.
  @Test func aFinishedRunLaysItsControllerOut() throws {
    let fixture = try RunFixture()
    let run = try lender(fixture)
    let step = try #require(run.summary.best?.step)
    let inside = run.folder.checkpoint(step: step).appendingPathComponent("controller.safetensors")
    #expect(try Data(contentsOf: run.folder.controller) == Data(contentsOf: inside))
    var longer = run.configuration
    longer.train.maxSteps = 11
    let setup = try RunSetup(longer)
    _ = try setup.open(resume: .auto, observer: EventLog())
    #expect(!FileManager.default.fileExists(atPath: run.folder.controller.path))
    let plain = try FinishedRun(fixture) { $0.train.maxSteps = 2 }
    #expect(!FileManager.default.fileExists(atPath: plain.folder.controller.path))
  }
}

/// What static weights stand at.
private struct ControllerShares {
  let values: [Float]

  init?(_ model: TrainedModel) {
    let report = model.parts.controller.flatMap {
      ControllerResponse(
        model.parts.strategy,
        state: ControllerState(dense: $0.dense.weights, statistics: $0.statistics))
    }
    guard let first = report?.answers.first?.first else { return nil }
    values = first
  }
}

extension RunEvent {
  fileprivate var shares: [CandidateShare]? {
    if case .progress(let progress) = self { progress.shares } else { nil }
  }
}
