import Foundation
import Testing

@testable import Training

/// A finished run, for tests of what is done with it.
struct FinishedRun {
  let fixture: RunFixture
  let configuration: RunConfiguration
  let summary: RunSummary
  let log = EventLog()
  var folder: RunFolder { RunFolder(URL(fileURLWithPath: configuration.out)) }

  init(_ fixture: RunFixture, _ change: (inout RunConfiguration) -> Void = { _ in }) throws {
    self.fixture = fixture
    configuration = fixture.configuration {
      $0.loss = "fixed:ce"
      change(&$0)
    }
    summary = try TrainingRun.train(configuration, observer: log)
  }
}

@Suite struct TrainedModelTests {
  private func exitCode(_ folder: RunFolder) -> ExitCode? {
    do {
      _ = try TrainedModel(runFolder: folder.url.path)
      return nil
    } catch {
      return (error as? any Explained)?.exitCode
    }
  }

  @Test(arguments: ["fixed:ce", "autoloss"])
  func isTheModelOfTheRun(loss: String) throws {
    let run = try FinishedRun(RunFixture()) { $0.loss = loss }
    let model = try TrainedModel(runFolder: run.configuration.out)
    #expect(model.checksum() == run.summary.checksum)
    #expect(model.step == run.summary.best?.step)
  }

  @Test func theEndComesBeforeTheBestBeforeTheNewest() throws {
    let run = try FinishedRun(RunFixture()) {
      $0.checkpoint.everySteps = 3
      $0.checkpoint.keep = 10
    }
    let folder = run.folder
    func step() throws -> Int { try TrainedModel(runFolder: folder.url.path).step }
    try folder.set(.best, toStep: 6)
    try folder.set(.latest, toStep: 9)
    try folder.set(.final, toStep: 3)
    #expect(try step() == 3)
    try folder.remove(.final)
    #expect(try step() == 6)
    try folder.remove(.best)
    #expect(try step() == 9)
    try folder.remove(.latest)
    #expect(try step() == 15)
  }

  @Test func whatIsMissingOrDamagedIsExplained() throws {
    let fixture = try RunFixture()
    let run = try FinishedRun(fixture)
    let folder = run.folder
    let step = try #require(folder.step(of: .final))
    let model = folder.checkpoint(step: step).appendingPathComponent("model.safetensors")
    try Data("torn".utf8).write(to: model)
    #expect(exitCode(folder) == .badData)
    try FileManager.default.removeItem(at: folder.checkpoints)
    #expect(exitCode(folder) == .missingInput)
    try FileManager.default.removeItem(at: folder.configuration)
    #expect(exitCode(folder) == .missingInput)
    #expect(exitCode(RunFolder(fixture.folder.url)) == .missingInput)
  }
}
