import Foundation
import Testing

@testable import Training

@Suite struct CheckpointInspectionTests {
  @Test func saysWhatTheCheckpointHolds() throws {
    let run = try FinishedRun(RunFixture()) {
      $0.loss = "autoloss"
      $0.train.seed = 5
    }
    let found = try CheckpointInspection.inspect(run.configuration.out)
    #expect(found.checksum == run.summary.checksum)
    #expect(found.step == run.summary.best?.step)
    #expect(found.best == run.summary.best)
    #expect(found.seed == 5)
    #expect(found.model == "deepfm")
    #expect(found.strategy == "autoloss")
    #expect(found.files == CheckpointTensors.fileNames.sorted())
    let sizes = try found.files.map {
      try Data(contentsOf: URL(fileURLWithPath: "\(found.path)/\($0)")).count
    }
    #expect(found.bytes == sizes.reduce(0, +))
    #expect(found.parameters == (try TrainingRun.plan(run.configuration)).parameters)
  }

  @Test func aSingleCheckpointIsLookedAtByItsFolder() throws {
    let run = try FinishedRun(RunFixture()) {
      $0.loss = "fixed:ce"
      $0.checkpoint.keep = 9
    }
    let folder = RunFolder(URL(fileURLWithPath: run.configuration.out))
    let steps = folder.checkpointSteps()
    #expect(steps.count > 1)
    for step in steps {
      let found = try CheckpointInspection.inspect(folder.checkpoint(step: step).path)
      #expect(found.step == step)
      #expect((found.checksum == run.summary.checksum) == (step == run.summary.best?.step))
    }
  }
}
